-- Changes one field of a hash of JSON, unless somebody changed it meanwhile.
-- KEYS 1 hash
-- ARGV 1 field ; 2 its JSON as it was read, '' for none ; 3 its new JSON, '' to remove it
--      4 a role that some other field must still have where this one had it and loses it, or ''
-- Returns 'done' | 'changed' meanwhile | 'last' of that role
local field, was, new, role = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if (redis.call('HGET', KEYS[1], field) or '') ~= was then return 'changed' end
local function has_role(json)
  return json ~= '' and cjson.decode(json)['role'] == role
end
if role ~= '' and has_role(was) and not has_role(new) then
  local others = 0
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    if all[i] ~= field and has_role(all[i + 1]) then others = others + 1 end
  end
  if others == 0 then return 'last' end
end
if new == '' then
  redis.call('HDEL', KEYS[1], field)
else
  redis.call('HSET', KEYS[1], field, new)
end
return 'done'
