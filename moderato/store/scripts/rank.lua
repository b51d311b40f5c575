-- Where a place is in an order, whether or not anything stands there now.
-- KEYS 1 sorted set
-- ARGV 1 score ; 2 member ; 3 '1' to count from the highest
-- Returns {how many stand before it, 1 where it is there itself else 0}
local score, member, down = ARGV[1], ARGV[2], ARGV[3] == '1'
local first = down and redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf')
  or redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
local walk = down and 'ZREVRANGE' or 'ZRANGE'
-- Equals are in the order of their names: how many of them come first?
local low, high = first, first + redis.call('ZCOUNT', KEYS[1], score, score)
while low < high do
  local middle = math.floor((low + high) / 2)
  local at = redis.call(walk, KEYS[1], middle, middle)[1]
  if at == member then return {middle, 1} end
  if (at < member) ~= down then low = middle + 1 else high = middle end
end
return {low, 0}
