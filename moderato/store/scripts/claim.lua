#!lua flags=allow-oom
-- Takes deliveries that are due; each is mine until its lease ends.
-- KEYS 1 due
-- ARGV 1 at most so many ; 2 lease in ms
-- Returns {ms until the next is due or -1, then pairs of delivery id, lease token}
local now = now_ms()
local token = int(now + tonumber(ARGV[2]))
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', 0, tonumber(ARGV[1]))
local taken = {-1}
for _, delivery in ipairs(due) do
  redis.call('ZADD', KEYS[1], token, delivery)
  taken[#taken + 1] = delivery
  taken[#taken + 1] = token
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #next > 0 then taken[1] = math.max(0, tonumber(next[2]) - now) end
return taken
