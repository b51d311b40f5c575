-- Somebody looks at a comment, or leaves it. A lease ends by itself.
-- KEYS 1 leases: name -> "since until" ; 2 feed
-- ARGV 1 who ; 2 ms it lasts, 0 to leave ; 3 site ; 4 comment
-- Returns {who, since, until, ...}: everybody who looks, first come first
local now, latest = now_ms(), 0
local known = redis.call('HGETALL', KEYS[1])
local people, changed, mine = {}, false, nil
for i = 1, #known, 2 do
  local since, till = string.match(known[i + 1], '^(%d+) (%d+)$')
  if tonumber(till) <= now then
    redis.call('HDEL', KEYS[1], known[i])
    changed = true
  elseif known[i] == ARGV[1] then
    mine = since
  else
    people[#people + 1] = { known[i], since, till }
    latest = math.max(latest, tonumber(till))
  end
end
if ARGV[2] == '0' then
  if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then changed = true end
else
  if not mine then changed = true end
  local till = now + tonumber(ARGV[2])
  people[#people + 1] = { ARGV[1], mine or int(now), int(till) }
  redis.call('HSET', KEYS[1], ARGV[1], (mine or int(now)) .. ' ' .. int(till))
  latest = math.max(latest, till)
end
if latest > 0 then redis.call('PEXPIREAT', KEYS[1], int(latest)) end
table.sort(people, function(one, other)
  if one[2] == other[2] then return one[1] < other[1] end
  return tonumber(one[2]) < tonumber(other[2])
end)
local answer, names = {}, {}
for _, person in ipairs(people) do
  names[#names + 1] = person[1]
  for _, value in ipairs(person) do answer[#answer + 1] = value end
end
if changed then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', 'lease', 'site', ARGV[3],
    'id', ARGV[4], 'article', '', 'from', '', 'state', '', 'version', '0',
    'viewers', table.concat(names, ','))
end
return answer
