-- Puts a delivery that was given up back among those due, with its tries counted anew.
-- KEYS 1 due ; 2 delivery ; 3 dead deliveries
-- ARGV 1 delivery id
-- Returns 'due' | 'missing'
if redis.call('ZREM', KEYS[3], ARGV[1]) == 0 then return 'missing' end
redis.call('HSET', KEYS[2], 'state', 'waiting', 'attempts', '0')
redis.call('ZADD', KEYS[1], int(now_ms()), ARGV[1])
return 'due'
