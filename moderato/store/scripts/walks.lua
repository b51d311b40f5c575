-- Walking an order (a sorted set) from a place in it. A place is a score and a member, whether or
-- not anything stands there now: so a walk goes on where it was, whatever came and left meanwhile.

-- By their bytes, as Redis has it; `<` would ask the server's locale.
local function comes_first(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return #one < #other
end

-- How many of the order stand before a place; with `past`, what stands there itself is one of them.
local function rank_of(key, down, score, member, past)
  local low = down and redis.call('ZCOUNT', key, '(' .. score, '+inf')
    or redis.call('ZCOUNT', key, '-inf', '(' .. score)
  -- Equals are in the order of their names: how many of them come first?
  local high = low + redis.call('ZCOUNT', key, score, score)
  local walk = down and 'ZREVRANGE' or 'ZRANGE'
  while low < high do
    local middle = math.floor((low + high) / 2)
    local at = redis.call(walk, key, middle, middle)[1]
    if at == member then return past and middle + 1 or middle end
    if comes_first(at, member) ~= down then low = middle + 1 else high = middle end
  end
  return low
end

-- Reads on from a place. What to read stands in ARGV from `first` on, seven of them:
--   '1' to walk from the highest score ; least and most score there may be, as ZCOUNT takes them
--   score and member of the place, both '' to begin at the beginning ; '1' to begin behind it
--   how many to read at most
-- Returns ids, scores, how many stand before the place and how many ahead (those read included),
-- and the place to go on behind: score and member, both '' where nothing is left
function walks.read(key, first)
  local down, least, most = ARGV[first] == '1', ARGV[first + 1], ARGV[first + 2]
  local score, member, past = ARGV[first + 3], ARGV[first + 4], ARGV[first + 5] == '1'
  local low = 0
  if down and most ~= '+inf' then
    low = redis.call('ZCOUNT', key, '(' .. most, '+inf')
  elseif not down and least ~= '-inf' then
    low = redis.call('ZCOUNT', key, '-inf', '(' .. least)
  end
  local high, from = low + redis.call('ZCOUNT', key, least, most), low
  if member ~= '' then
    from = math.max(low, math.min(high, rank_of(key, down, score, member, past)))
  end
  local last = math.min(high, from + tonumber(ARGV[first + 6])) - 1
  local read = { ids = {}, scores = {}, before = from - low, ahead = high - from,
    score = '', member = '' }
  if last < from then return read end
  local found = redis.call(down and 'ZREVRANGE' or 'ZRANGE', key, from, last, 'WITHSCORES')
  for i = 1, #found, 2 do
    read.ids[#read.ids + 1] = found[i]
    read.scores[#read.scores + 1] = found[i + 1]
  end
  if last < high - 1 then read.score, read.member = found[#found], found[#found - 1] end
  return read
end
