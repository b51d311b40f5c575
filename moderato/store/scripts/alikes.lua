-- Which comments of a site say nearly the same: those share a band (domain/text/likeness.py).
-- `base` is a site's key, and a day has one beside it:
--   BASE:DAY   hash with a time to live: band -> "second-of-the-day id second-of-the-day id ..."

-- How many bands a day has at most, and how many comments a band has of a day: the first ones, so
-- that a flood is not written out again with each of its comments.
local BANDS, LISTED = 400000, 100
local DAY = 86400000

local function day_key(base, at, back)
  return base .. ':' .. int(math.floor(at / DAY) - back)
end

-- Adds a comment. `days` is how many days back are looked at.
function alikes.add(base, bands, id, at, days)
  if #bands == 0 then return end
  local key = day_key(base, at, 0)
  local before = redis.call('HLEN', key)
  if before >= BANDS then return end
  local entry = string.format('%05d %s', math.floor(at % DAY / 1000), id)
  local lists, longer = redis.call('HMGET', key, unpack(bands)), {}
  for i, band in ipairs(bands) do
    local list = lists[i] and lists[i] .. ' ' .. entry or entry
    -- All entries are of one length.
    if #list < LISTED * (#entry + 1) then
      longer[#longer + 1] = band
      longer[#longer + 1] = list
    end
  end
  if #longer == 0 then return end
  redis.call('HSET', key, unpack(longer))
  if before == 0 then
    redis.call('EXPIRE', key, (days + 2) * DAY / 1000)
    -- Freed in the background; by expiry, a large one would keep Redis busy for a while.
    redis.call('UNLINK', day_key(base, at, days + 1))
  end
end

-- Takes a comment out that was added at `at`.
function alikes.drop(base, bands, id, at)
  local key = day_key(base, at, 0)
  for _, band in ipairs(bands) do
    local others = {}
    for second, one in string.gmatch(redis.call('HGET', key, band) or '', '(%d+) (%S+)') do
      if one ~= id then others[#others + 1] = second .. ' ' .. one end
    end
    if #others > 0 then
      redis.call('HSET', key, band, table.concat(others, ' '))
    else
      redis.call('HDEL', key, band)
    end
  end
end

-- The ids that share a band, those that share most first, among equals the newest.
function alikes.find(base, bands, now, days)
  local shared, ids, order = {}, {}, {}
  for back = 0, days do
    for _, list in ipairs(redis.call('HMGET', day_key(base, now, back), unpack(bands))) do
      for second, id in string.gmatch(list or '', '(%d+) (%S+)') do
        if not shared[id] then
          ids[#ids + 1] = id
          order[id] = { -back, second }
        end
        shared[id] = (shared[id] or 0) + 1
      end
    end
  end
  table.sort(ids, function(one, other)
    if shared[one] ~= shared[other] then return shared[one] > shared[other] end
    local mine, theirs = order[one], order[other]
    if mine[1] ~= theirs[1] then return mine[1] > theirs[1] end
    return mine[2] > theirs[2]
  end)
  return ids
end
