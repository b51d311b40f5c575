-- Walks a queue's order from a place on, and finds what of it fits a filter.
-- KEYS 1 order: the sorted set to walk ; 2 facts
-- ARGV 1-7 where from and how far, see walks.lua
--      8 filter JSON, '' where everything fits
--      9 how many ids are wanted: it stops there
-- Returns JSON: found ([id, sort score, ...]), before and ahead (how many stand on either side of
--      the place), score and member (the place to go on behind, '' at the end)
local read = walks.read(KEYS[1], 1)
local filter, wanted = ARGV[8] ~= '' and cjson.decode(ARGV[8]), tonumber(ARGV[9])
local ids, packed, found = read.ids, {}, {}
if filter and #ids > 0 then packed = redis.call('HMGET', KEYS[2], unpack(ids)) end
for i = 1, #ids do
  local fits = not filter or packed[i] and queues.fits(cmsgpack.unpack(packed[i]), filter)
  if fits then
    found[#found + 1] = ids[i]
    found[#found + 1] = read.scores[i]
    if #found >= 2 * wanted then break end
  end
end
return cjson.encode({ found = found, before = read.before, ahead = read.ahead, score = read.score,
  member = read.member })
