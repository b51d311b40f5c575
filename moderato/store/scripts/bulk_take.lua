#!lua flags=allow-oom
-- Adds a stretch of a queue's order, or comments by name, to the preview of a bulk.
-- KEYS 1-8  the comment's, with no comment (see bulks.lua)
--      9 order: the sorted set to walk ; 10 facts ; 11 bulk ; 12 its comments: id -> version
-- ARGV 1 'walk' ; 2-8 where from and how far, see walks.lua ; 9 filter JSON
--   or 1 'ids' ; 2.. ids
-- Returns {score and member of the place to go on behind, '' at the end}
if redis.call('HGET', KEYS[11], 'state') ~= 'preview' then return {'', ''} end

local ids, score, member = {}, '', ''
if ARGV[1] == 'ids' then
  for i = 2, #ARGV do ids[#ids + 1] = ARGV[i] end
else
  local filter, read = cjson.decode(ARGV[9]), walks.read(KEYS[9], 2)
  score, member = read.score, read.member
  local packed = #read.ids > 0 and redis.call('HMGET', KEYS[10], unpack(read.ids)) or {}
  for i, id in ipairs(read.ids) do
    if packed[i] and queues.fits(cmsgpack.unpack(packed[i]), filter) then ids[#ids + 1] = id end
  end
end
for _, id in ipairs(ids) do
  local c = bulks.turn(id)
  if c and c.state ~= 'erased' then redis.call('ZADD', KEYS[12], int(c.version), id) end
end
local ttl = redis.call('TTL', KEYS[11])
if ttl > 0 then redis.call('EXPIRE', KEYS[12], ttl) end
return {score, member}
