#!lua flags=allow-oom
-- Moves held decisions whose time to undo is over into the outbox.
-- KEYS 1 held ; 2 outbox
-- ARGV 1 at most so many
-- Returns {how many were moved, ms until the next is due or -1}
local now = now_ms()
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', 0, tonumber(ARGV[1]))
for _, member in ipairs(due) do
  local site, id, version = string.match(member, '^(%S+) (%S+) (%S+)$')
  redis.call('XADD', KEYS[2], '*', 'site', site, 'id', id, 'version', version)
  redis.call('ZREM', KEYS[1], member)
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = -1
if #next > 0 then wait = math.max(0, tonumber(next[2]) - now) end
return {#due, wait}
