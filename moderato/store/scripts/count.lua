-- Walks a sorted set from a place on, and counts what of it is in other sorted sets, too.
-- KEYS 1 sorted set to walk ; 2.. the others, those of a part beside each other
-- ARGV 1-7 where from and how far, see walks.lua
--      8.. per part: how many keys it has (in any of them is enough), least and most score
-- Returns {how many are in every part, score and member of the place to go on behind, '' at the end}
local read = walks.read(KEYS[1], 1)
local ids = read.ids
if #ids == 0 then return {0, '', ''} end
local left, key = {}, 2
for i = 1, #ids do left[i] = true end
for at = 8, #ARGV, 3 do
  local least = ARGV[at + 1] == '-inf' and -math.huge or tonumber(ARGV[at + 1])
  local most = ARGV[at + 2] == '+inf' and math.huge or tonumber(ARGV[at + 2])
  local inside = {}
  for _ = 1, tonumber(ARGV[at]) do
    local scores = redis.call('ZMSCORE', KEYS[key], unpack(ids))
    for i = 1, #ids do
      local score = scores[i] and tonumber(scores[i])
      if score and score >= least and score <= most then inside[i] = true end
    end
    key = key + 1
  end
  for i = 1, #ids do left[i] = left[i] and inside[i] end
end
local count = 0
for i = 1, #ids do
  if left[i] then count = count + 1 end
end
return {count, read.score, read.member}
