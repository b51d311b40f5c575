-- What people decide, alone or in bulk, and taking it back.

local KEPT = { 'rule', 'evidence', 'priority', 'policy_version', 'message', 'reason' }

-- Why a comment was held stays readable behind steps that only move it.
local function keep_why(record, line)
  if not line or line == '' then return end
  local old = cjson.decode(line)
  for _, name in ipairs(KEPT) do record[name] = old[name] end
end

local function severity()
  local raw = redis.call('HGET', KEYS[COMMENT], 'scores')
  local most = 0
  if raw and raw ~= '' then
    for _, value in pairs(cjson.decode(raw)['values']) do most = math.max(most, value) end
  end
  return most
end

-- Moves a flagged comment between the queues of flagged ones, or keeps it where it is.
function decisions.move(c, record, place)
  keep_why(record, c.decision)
  record['state'], record['place'] = 'flagged', place
  return step(c, 'flagged', cjson.encode(record), 0)
end

-- The first of two people: nil where this decision stands by itself, else what came of it.
local function second_opinion(c, want)
  if want.severe <= 0 or c.state ~= 'flagged' or c.place == 'escalated' then return nil end
  if severity() < want.severe then return nil end
  if want.bulk then return { 'second' } end
  local record = cjson.decode(want.decision)
  local action = record['step']
  local raw = redis.call('HGET', KEYS[COMMENT], 'opinion')
  if not raw then
    redis.call('HSET', KEYS[COMMENT], 'opinion', cjson.encode({ by = record['by'],
      action = action, rule = record['rule'], reason = record['reason'], at = now_ms() }))
    record['proposed'], record['note'], record['step'] = action, record['reason'], 'propose'
    return { 'proposed', int(decisions.move(c, record, c.place)) }
  end
  local first = cjson.decode(raw)
  if first.by == record['by'] then return { 'second-person' } end
  if first.action == action then return nil end
  record['proposed'], record['note'], record['step'] = action, record['reason'], 'escalate'
  return { 'disagreed', int(decisions.move(c, record, 'escalated')) }
end

-- For how many seconds it is remembered who had reported a comment that a person looked at.
local REPORTERS_KEPT = 86400

-- A person looked: reports count anew from here. An undo brings them back.
local function looked(reporters)
  local before = reporters .. ':before'
  redis.call('DEL', before)
  if redis.call('EXISTS', reporters) == 1 then
    redis.call('RENAME', reporters, before)
    redis.call('EXPIRE', before, REPORTERS_KEPT)
  end
  redis.call('HSET', KEYS[COMMENT], 'reports', '0')
end

-- Nobody looked after all: with the reports since then, the older ones count again.
local function not_looked(c, reporters)
  local before = reporters .. ':before'
  if redis.call('EXISTS', before) == 0 then return end
  local reports = redis.call('SUNIONSTORE', reporters, reporters, before)
  redis.call('DEL', before)
  redis.call('HSET', KEYS[COMMENT], 'reports', int(reports))
  queues.reported(c, reports)
end

local function keep_for_undo(c)
  redis.call('HSET', KEYS[COMMENT], 'undo_state', c.state, 'undo_decision', c.decision or '',
    'undo_place', c.place or '')
end

-- want: version seen, sources (comma-separated), to, decision (JSON), editor (boolean),
-- severe (0: no decision needs two), hold_ms, reporters (key), bulk (id or nil)
-- Returns {'done', version} | {'conflict', state, version} | {'escalated'} an editor decides
--   | {'proposed', version} another person must agree | {'second-person'} it is you who decided
--   first | {'disagreed', version} the two do not agree: escalated | {'second'} in bulk: needs two
function decisions.decide(c, want)
  if c.version ~= want.version or not contains(want.sources, c.state) then
    return { 'conflict', c.state, int(c.version) }
  end
  if c.place == 'escalated' and not want.editor then return { 'escalated' } end
  local other = second_opinion(c, want)
  if other then return other end
  keep_for_undo(c)
  looked(want.reporters)
  local version = step(c, want.to, want.decision, want.hold_ms)
  if want.bulk then redis.call('HSET', KEYS[COMMENT], 'bulk', want.bulk) end
  return { 'done', int(version) }
end

-- A reported comment stays what it is: its reports are done with, and why it is so stands.
-- want: version seen, sources, decision, hold_ms and reporters, as above
-- Returns {'done', version, state} | {'conflict', state, version}: also where nothing is reported
function decisions.keep(c, want)
  if c.version ~= want.version or not contains(want.sources, c.state)
    or redis.call('EXISTS', want.reporters) == 0 then
    return { 'conflict', c.state, int(c.version) }
  end
  local record = cjson.decode(want.decision)
  keep_why(record, c.decision)
  record['state'] = c.state
  keep_for_undo(c)
  looked(want.reporters)
  -- Through the outbox all the same: this version may be the first that is published.
  return { 'done', int(step(c, c.state, cjson.encode(record), want.hold_ms)), c.state }
end

-- Whether the newest step of a comment is a person's decision that is not released yet.
function decisions.held(c)
  if redis.call('ZSCORE', KEYS[HELD], held_member(c)) then return true end
  return redis.call('HEXISTS', KEYS[COMMENT], 'bulk') == 1
end

-- Takes a held decision back; `record` is the step, whose rule and reason are the older ones,
-- `reporters` the key of who reported it since a person last looked, `work` the stream where what
-- was not scored yet is queued again.
-- Returns the version and the state.
function decisions.take_back(c, record, reporters, work)
  local back = redis.call('HMGET', KEYS[COMMENT], 'undo_state', 'undo_decision', 'undo_place')
  -- The rule that held it is why it is back in the queue, in its old place.
  keep_why(record, back[2])
  record['state'] = back[1]
  if back[3] and back[3] ~= '' then record['place'] = back[3] end
  redis.call('HDEL', KEYS[COMMENT], 'undo_state', 'undo_decision', 'undo_place')
  local version = step(c, back[1], cjson.encode(record), 0)
  not_looked(c, reporters)
  -- Its own entry may have ended meanwhile, when the scorer found the comment decided; a second one
  -- does no harm.
  if c.state == 'pending' then
    redis.call('XADD', work, '*', 'site', c.site, 'id', c.id, 'step', 'decide')
  end
  return version, back[1]
end
