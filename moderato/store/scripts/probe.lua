-- Makes a test delivery due: it is about no comment, only about whether the endpoint answers.
-- KEYS 1 due ; 2 delivery ; 3 the site's newest deliveries
-- ARGV 1 delivery id ; 2 site ; 3 what stands for the comment's id ; 4 event type ; 5 endpoint
--      6 how many of the newest are kept
local now = int(now_ms())
redis.call('HSET', KEYS[2], 'site', ARGV[2], 'comment', ARGV[3], 'version', '0', 'type', ARGV[4],
  'endpoint', ARGV[5], 'state', 'waiting', 'attempts', '0', 'created_at', now, 'decision', '')
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZADD', KEYS[3], now, ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -tonumber(ARGV[6]) - 1)
return 'due'
