-- Which comments of a site say nearly the same: those share a band (domain/text/likeness.py).
-- `base` is a site's key, and a day has one beside it:
--   BASE:DAY   sorted set by name, with a time to live: "band second-of-the-day id"

-- How many members a day has at most, and how many of a day are read of one band.
local MEMBERS, READ = 400000, 100
local DAY = 86400000

local function day_key(base, at, back)
  return base .. ':' .. int(math.floor(at / DAY) - back)
end

local function member(band, id, at)
  return string.format('%s %05d %s', band, math.floor(at % DAY / 1000), id)
end

-- Adds a comment. `days` is how many days back are looked at.
function alikes.add(base, bands, id, at, days)
  if #bands == 0 then return end
  local key = day_key(base, at, 0)
  local before = redis.call('ZCARD', key)
  if before >= MEMBERS then return end
  local members = {}
  for _, band in ipairs(bands) do
    members[#members + 1] = '0'
    members[#members + 1] = member(band, id, at)
  end
  redis.call('ZADD', key, unpack(members))
  if before == 0 then
    redis.call('EXPIRE', key, (days + 2) * DAY / 1000)
    -- Freed in the background; by expiry, a large one would keep Redis busy for a while.
    redis.call('UNLINK', day_key(base, at, days + 1))
  end
end

-- Takes a comment out that was added at `at`.
function alikes.drop(base, bands, id, at)
  for _, band in ipairs(bands) do
    redis.call('ZREM', day_key(base, at, 0), member(band, id, at))
  end
end

-- The ids that share a band, those that share most first, among equals the newest.
function alikes.find(base, bands, now, days)
  local shared, ids, order = {}, {}, {}
  for back = 0, days do
    for _, band in ipairs(bands) do
      local found = redis.call('ZREVRANGEBYLEX', day_key(base, now, back), '[' .. band .. ' \255',
        '[' .. band .. ' ', 'LIMIT', 0, READ)
      for _, line in ipairs(found) do
        local id = string.match(line, '(%S+)$')
        if not shared[id] then
          ids[#ids + 1] = id
          order[id] = { -back, string.match(line, ' (%d+) ') }
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
