#!lua flags=allow-oom
-- Adds a stretch of a queue's order, or comments by name, to the preview of a bulk.
-- KEYS 1-8  the comment's, with no comment (see bulks.lua)
--      9 order: the sorted set to walk ; 10 facts ; 11 bulk ; 12 its comments: id -> version
-- ARGV 1 'rank' ; 2 first ; 3 last ; 4 '1' to walk from the highest score ; 5 filter JSON
--   or 1 'ids' ; 2.. ids
-- Returns how many the bulk holds now
if redis.call('HGET', KEYS[11], 'state') ~= 'preview' then return redis.call('ZCARD', KEYS[12]) end

local ids = {}
if ARGV[1] == 'ids' then
  for i = 2, #ARGV do ids[#ids + 1] = ARGV[i] end
else
  local walk = ARGV[4] == '1' and 'ZREVRANGE' or 'ZRANGE'
  local filter = cjson.decode(ARGV[5])
  local found = redis.call(walk, KEYS[9], ARGV[2], ARGV[3])
  local packed = #found > 0 and redis.call('HMGET', KEYS[10], unpack(found)) or {}
  for i, id in ipairs(found) do
    if packed[i] and queues.fits(cmsgpack.unpack(packed[i]), filter) then ids[#ids + 1] = id end
  end
end
for _, id in ipairs(ids) do
  local c = bulks.turn(id)
  if c and c.state ~= 'erased' then redis.call('ZADD', KEYS[12], int(c.version), id) end
end
local ttl = redis.call('TTL', KEYS[11])
if ttl > 0 then redis.call('EXPIRE', KEYS[12], ttl) end
return redis.call('ZCARD', KEYS[12])
