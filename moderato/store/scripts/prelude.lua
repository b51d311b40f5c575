-- Stands in front of every script, with the files that script.py names behind it.

-- The keys of one comment, always the first eight KEYS of a script that takes a step.
local COMMENT, HISTORY, PENDING, FLAGGED, AUTHOR, OUTBOX, HELD, FEED = 1, 2, 3, 4, 5, 6, 7, 8

-- How many lines the feed keeps; a watcher further behind looks at the state instead.
local FEED_LENGTH = 10000

-- All states of a comment.
local STATES = { 'pending', 'flagged', 'approved', 'rejected', 'erased' }

-- Filled by the files of these names, which stand behind this one.
local authors, columns, queues, walks = {}, {}, {}, {}
local articles, alikes, numbers, decisions, bulks = {}, {}, {}, {}, {}

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Integers beyond 1e14 print as floats in Lua 5.1.
local function int(n)
  return string.format('%.0f', n)
end

-- Higher priority first; among equals, the older first.
local function flagged_score(priority, received_at)
  return int(math.floor((tonumber(priority) or 0) * 1000) * 1e10
    + (9999999999 - math.floor(tonumber(received_at) / 1000)))
end

-- The owner of a stream entry is whoever Redis says it is now, on this delivery.
local function still_mine(stream, group, consumer, entry, times)
  local pending = redis.call('XPENDING', stream, group, entry, entry, 1)
  return #pending == 1 and pending[1][2] == consumer and pending[1][4] == tonumber(times)
end

local function finish_entry(stream, group, entry)
  redis.call('XACK', stream, group, entry)
  redis.call('XDEL', stream, entry)
end

local function contains(csv, word)
  return string.find(',' .. csv .. ',', ',' .. word .. ',', 1, true) ~= nil
end

local function count(state, by)
  if state == 'approved' or state == 'rejected' then
    redis.call('HINCRBY', KEYS[AUTHOR], state, by)
  end
end

-- Whether the decision that stands is the policy's: no moderator, site or reader had a hand in it.
local function by_policy(c)
  return c.decision ~= false and c.decision ~= nil and cjson.decode(c.decision)['actor'] == 'policy'
end

-- Reads the fields that every step needs; nil when there is no such comment.
local function load()
  local v = redis.call('HMGET', KEYS[COMMENT], 'state', 'version', 'site', 'id', 'article',
    'received_at', 'decision', 'place')
  if not v[1] then
    return nil
  end
  return {
    state = v[1], version = tonumber(v[2]), site = v[3], id = v[4], article = v[5],
    received_at = v[6], decision = v[7],
    -- Where a flagged comment stands: flagged, escalated or held.
    place = v[1] == 'flagged' and (v[8] and v[8] ~= '' and v[8] or 'flagged') or nil,
  }
end

local function held_member(c)
  return c.site .. ' ' .. c.id .. ' ' .. int(c.version)
end

-- Takes the step: numbers, state, version, queues, author's record, history, feed, outbox.
-- `decision` is JSON (see store/comments.py); `hold_ms` > 0 keeps the outbox entry back so long,
-- and -1 until the caller writes it.
-- The caller has checked everything: Lua does not roll back.
local function step(c, to, decision, hold_ms)
  local now = now_ms()
  local record = cjson.decode(decision)
  record['at'] = now
  record['from'] = c.state
  record['version'] = c.version + 1
  local place = to == 'flagged' and (record['place'] or c.place or 'flagged') or nil
  record['place'] = place
  local line = cjson.encode(record)

  numbers.count(c, record)
  redis.call('ZREM', KEYS[HELD], held_member(c))
  redis.call('HDEL', KEYS[COMMENT], 'bulk')
  -- What the first of two people thought holds until something new is known about the comment.
  if contains('decide,rescore,report', record['step']) then
    redis.call('HDEL', KEYS[COMMENT], 'opinion')
  end
  queues.leave(c, record['step'])
  redis.call('ZREM', authors.comments(c.state), c.id)
  count(c.state, -1)

  local before = c.state
  c.state = to
  c.version = c.version + 1
  c.place = place
  redis.call('HSET', KEYS[COMMENT], 'state', to, 'version', int(c.version), 'decision', line,
    'place', place or '')

  count(to, 1)
  redis.call('ZADD', authors.comments(to), c.received_at, c.id)
  queues.enter(c, record, now)
  articles.moved(c, before)
  redis.call('RPUSH', KEYS[HISTORY], line)
  redis.call('XADD', KEYS[FEED], 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', record['step'],
    'site', c.site, 'id', c.id, 'article', c.article, 'from', before, 'state', to,
    'version', int(c.version), 'place', place or '')
  if hold_ms > 0 then
    redis.call('ZADD', KEYS[HELD], int(now + hold_ms), held_member(c))
  elseif hold_ms == 0 and to ~= 'pending' then
    redis.call('XADD', KEYS[OUTBOX], '*', 'site', c.site, 'id', c.id, 'version', int(c.version))
  end
  return c.version
end
