-- Reads on from one place in several orders at once, so that nothing moves between them meanwhile.
-- KEYS the orders: sorted sets
-- ARGV what to read (see walks.lua), of each
-- Returns per order {member, score, ...}
local found = {}
for at, order in ipairs(KEYS) do
  local read = walks.read(order, 1)
  local pairs_of = {}
  for i, member in ipairs(read.ids) do
    pairs_of[#pairs_of + 1] = member
    pairs_of[#pairs_of + 1] = read.scores[i]
  end
  found[at] = pairs_of
end
return found
