-- Reads on in several sets at once: a comment that a step moves from one to the other is in it once.
-- KEYS 1.. sorted sets
-- ARGV 1-7 where from and how far in each, see walks.lua
-- Returns ids and scores by turns, set by set
local found = {}
for _, key in ipairs(KEYS) do
  local read = walks.read(key, 1)
  for i, id in ipairs(read.ids) do
    found[#found + 1] = id
    found[#found + 1] = read.scores[i]
  end
end
return found
