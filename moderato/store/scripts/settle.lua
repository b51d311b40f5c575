#!lua flags=allow-oom
-- Records what came of one try of a delivery; fenced by the lease token.
-- KEYS 1 due ; 2 delivery ; 3 dead deliveries
-- ARGV 1 delivery id ; 2 lease token
--      3 'delivered' | 'retry' | 'dead' | 'dropped' | 'later': put off, which is no try
--      4 ms until the next try, for 'retry' and 'later'
--      5 status code, or '' ; 6 what went wrong, or '' ; 7 seconds one that ended well is kept
-- Returns 'settled' | 'lost' another took it over
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then return 'lost' end
local now = now_ms()
if ARGV[3] == 'later' then
  redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[4])), ARGV[1])
  return 'settled'
end
redis.call('HINCRBY', KEYS[2], 'attempts', 1)
redis.call('HSET', KEYS[2], 'status', ARGV[5], 'error', ARGV[6], 'tried_at', int(now))
if ARGV[3] == 'retry' then
  redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[4])), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HSET', KEYS[2], 'state', ARGV[3])
  if ARGV[3] == 'dead' then
    redis.call('ZADD', KEYS[3], int(now), ARGV[1])
  else
    redis.call('EXPIRE', KEYS[2], ARGV[7])
  end
end
return 'settled'
