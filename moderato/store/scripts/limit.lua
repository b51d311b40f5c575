-- A token bucket: `burst` tokens, refilled at `rate` a minute.
-- KEYS 1 bucket
-- ARGV 1 rate per minute ; 2 burst
-- Returns {1 when allowed else 0, tokens left, ms until the bucket is full, ms until the next token}
local rate, burst = tonumber(ARGV[1]) / 60000, tonumber(ARGV[2])
local now = now_ms()
local v = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(v[1]) or burst
-- Server time may step back: never take tokens away for it.
local passed = math.max(0, now - (tonumber(v[2]) or now))
tokens = math.min(burst, tokens + passed * rate)
local allowed = 0
if tokens >= 1 then
  allowed, tokens = 1, tokens - 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', int(now))
local full = math.ceil((burst - tokens) / rate)
redis.call('PEXPIRE', KEYS[1], int(full + 1000))
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) / rate) end
return {allowed, math.floor(tokens), full, wait}
