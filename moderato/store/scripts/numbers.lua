-- What happened, counted per site and UTC day in the step that makes it happen. What each count
-- means, and the same counting from a comment's whole history: domain/numbers.py.
--
-- moderato:{sN}:numbers:SITE:DAY   hash with a time to live: count -> how many; DAY since 1970
--
-- NUMBERS_DAYS stands in front of every script (see script.py): days kept, 0 for good.

local DAY = 86400000
local FINAL = { approved = true, rejected = true }
local DECIDING = { decide = true, rescore = true, approve = true, reject = true }
-- Of these steps the counts depend on what was before them.
local LOOKS_BACK = { rescore = true, approve = true, reject = true }

local function day_of(at)
  return math.floor(tonumber(at) / DAY)
end

-- A quarter of an octave; see domain/durations.py.
local function bucket(ms)
  local mantissa, exponent = math.frexp(math.max(1, ms))
  return int(exponent * 4 + math.floor((mantissa - 0.5) * 8))
end

function numbers.add(at, name, by)
  local day = day_of(at)
  local head, site = string.match(KEYS[FLAGGED], '^(.*):queue:(.*):flagged$')
  local key = head .. ':numbers:' .. site .. ':' .. int(day)
  -- What is zero is not there; below it may only be what an older release did not count.
  if redis.call('HINCRBY', key, name, by) <= 0 then redis.call('HDEL', key, name) end
  if NUMBERS_DAYS > 0 and redis.call('TTL', key) == -1 then
    redis.call('EXPIREAT', key, int((day + 1 + NUMBERS_DAYS) * 86400))
  end
end

-- The comment's history without what was undone. An undo takes back the step just before it.
local function lived()
  local events = {}
  for _, line in ipairs(redis.call('LRANGE', KEYS[HISTORY], 0, -1)) do
    local event = cjson.decode(line)
    if event.step == 'undo' then
      table.remove(events)
    else
      events[#events + 1] = event
    end
  end
  return events
end

local function verdict(event, before, by)
  local last = before[#before]
  if event['from'] == 'flagged' and last then
    numbers.add(event.at, 'verdict:' .. (last.rule or '') .. ':' .. event.state, by)
  end
  local stood = nil
  for i = #before, 1, -1 do
    if DECIDING[before[i].step] then
      stood = before[i]
      break
    end
  end
  if not stood or not FINAL[stood.state] or stood.state == event.state then return end
  if stood.actor == 'policy' then
    numbers.add(stood.at, 'overturned:' .. (stood.rule or '') .. ':' .. stood.state, by)
  elseif stood.by ~= event.by then
    numbers.add(stood.at, 'reversed:' .. stood.by, by)
  end
end

local function add_up(event, before, received_at, by)
  if event.step == 'erase' then return numbers.add(event.at, 'erased', by) end
  local who = event.actor == 'moderator' and 'people' or 'policy'
  if who == 'people' then
    numbers.add(event.at, 'by:' .. event.by .. ':' .. event.step, by)
  else
    numbers.add(event.at, event.step .. ':' .. (event.rule or '') .. ':' .. event.state, by)
  end
  local first = DECIDING[event.step] and FINAL[event.state]
  for _, earlier in ipairs(before) do first = first and not FINAL[earlier.state] end
  if first then
    numbers.add(event.at, 'took:' .. who .. ':' .. bucket(event.at - received_at), by)
  end
  if event.step == 'approve' or event.step == 'reject' then verdict(event, before, by) end
end

-- Counts the step `record`, which is about to be taken; it is taken whatever a history lacks.
function numbers.count(c, record)
  if record.step == 'undo' then
    local before = lived()
    local undone = table.remove(before)
    if undone then add_up(undone, before, c.received_at, -1) end
    numbers.add(record.at, 'by:' .. record.by .. ':undo', 1)
    return
  end
  add_up(record, LOOKS_BACK[record.step] and lived() or {}, c.received_at, 1)
end
