#!lua flags=allow-oom
-- Moves work that keeps failing to the dead letters, and its comment to a person; fenced.
-- KEYS 1-8  the comment's (see prelude) ; 9 work stream (either lane) ; 10 dead letters
-- ARGV 1 group, 2 consumer, 3 entry id, 4 times delivered
--      5 site ; 6 comment id ; 7 what went wrong ; 8 decision JSON, leading to flagged
-- Returns {'buried', dead letter id} | {'lost'}
local group, entry = ARGV[1], ARGV[3]
if not still_mine(KEYS[9], group, ARGV[2], entry, ARGV[4]) then return {'lost'} end
local letter = redis.call('XADD', KEYS[10], '*', 'site', ARGV[5], 'id', ARGV[6],
  'error', ARGV[7], 'times_delivered', ARGV[4], 'at', int(now_ms()))
redis.call('ZADD', queues.key('dead'), int(now_ms()), letter .. ' ' .. ARGV[6])
local c = load()
if c and c.state == 'pending' then
  step(c, 'flagged', ARGV[8], 0)
end
finish_entry(KEYS[9], group, entry)
return {'buried', letter}
