#!lua flags=allow-oom
-- Takes a bulk a few comments further, whatever comes next for it. Whoever calls it: what was
-- done and how far it is are one atomic step, so it may stop and go on anywhere.
-- KEYS 1-8  the comment's, with no comment (see bulks.lua) ; 9 reporters, with no comment
--      10 bulk ; 11 its comments ; 12 those decided, kept back ; 13 those others decided
--      14 bulks under way ; 15 work stream
-- ARGV 1 at most so many comments ; 2 site ; 3 bulk id ; 4 seconds an ended bulk is kept
-- Returns {state, ms until it wants to be called again}
local job, most, site, id = KEYS[10], tonumber(ARGV[1]), ARGV[2], ARGV[3]
local raw, b = redis.call('HGETALL', job), {}
for i = 1, #raw, 2 do b[raw[i]] = raw[i + 1] end
if not b.state then
  redis.call('ZREM', KEYS[14], site .. ' ' .. id)
  return {'missing', 0}
end
local total, reporters = tonumber(b.total), KEYS[9]

local function go_to(state, done)
  redis.call('HSET', job, 'state', state)
  bulks.tell(job, site, id, total, 0, done, state)
end

local function finish(state, done)
  go_to(state, done)
  redis.call('ZREM', KEYS[14], site .. ' ' .. id)
  redis.call('UNLINK', KEYS[11], KEYS[12])
  redis.call('EXPIRE', job, ARGV[4])
  redis.call('EXPIRE', KEYS[13], ARGV[4])
end

local function decide_some()
  local counts = { decided = 0, conflicts = 0, second = 0 }
  local popped = redis.call('ZPOPMIN', KEYS[11], most)
  for i = 1, #popped, 2 do
    local c, outcome = bulks.turn(popped[i]), { 'conflict' }
    if c then
      outcome = decisions.decide(c, {
        version = tonumber(popped[i + 1]), sources = b.sources, to = b.to,
        decision = b.decision, hold_ms = -1, editor = b.editor == '1',
        severe = tonumber(b.severe), reporters = reporters .. popped[i], bulk = id,
      })
    end
    if outcome[1] == 'done' then
      redis.call('RPUSH', KEYS[12], popped[i] .. ' ' .. outcome[2])
      counts.decided = counts.decided + 1
    elseif outcome[1] == 'second' then
      counts.second = counts.second + 1
    else
      counts.conflicts = counts.conflicts + 1
      bulks.remember(KEYS[13], popped[i], c)
    end
  end
  for name, by in pairs(counts) do redis.call('HINCRBY', job, name, by) end
  local left = redis.call('ZCARD', KEYS[11])
  bulks.tell(job, site, id, total, total - left - #popped / 2, total - left)
  if left > 0 then return {'running', 0} end
  local window = tonumber(b.hold_ms)
  redis.call('HSET', job, 'until', int(now_ms() + window))
  go_to('held', total)
  return {'held', int(window)}
end

local function release_some()
  local popped = redis.call('LPOP', KEYS[12], most) or {}
  for _, entry in ipairs(popped) do
    local c = bulks.kept(entry)
    if c then
      redis.call('HDEL', KEYS[COMMENT], 'bulk')
      redis.call('XADD', KEYS[OUTBOX], '*', 'site', c.site, 'id', c.id, 'version', int(c.version))
      redis.call('HINCRBY', job, 'released', 1)
    end
  end
  if redis.call('EXISTS', KEYS[12]) == 1 then return {'releasing', 0} end
  finish('done', total)
  return {'done', 0}
end

local function undo_some()
  local popped = redis.call('RPOP', KEYS[12], most) or {}
  for _, entry in ipairs(popped) do
    local c = bulks.kept(entry)
    if c then
      decisions.take_back(c, cjson.decode(b.undo), reporters .. c.id, KEYS[15])
      redis.call('HINCRBY', job, 'undone', 1)
    end
  end
  local left = redis.call('LLEN', KEYS[12])
  bulks.tell(job, site, id, total, total - left - #popped, total - left)
  if left > 0 then return {'undoing', 0} end
  finish('undone', total)
  return {'undone', 0}
end

if b.state == 'running' then return decide_some() end
if b.state == 'undoing' then return undo_some() end
if b.state == 'held' then
  local wait = tonumber(b['until']) - now_ms()
  if wait > 0 then return {'held', int(wait)} end
  go_to('releasing', total)
  return release_some()
end
if b.state == 'releasing' then return release_some() end
redis.call('ZREM', KEYS[14], site .. ' ' .. id)
return {b.state, 0}
