#!lua flags=allow-oom
-- Sets a previewed bulk going.
-- KEYS 1-8  the comment's, with no comment (see bulks.lua) ; 9 bulk ; 10 its comments
--      11 bulks under way
-- ARGV 1 site ; 2 bulk id ; 3 action ; 4 rule ; 5 reason ; 6 by ; 7 decision JSON ; 8 state after
--      9 states the step may start in ; 10 ms it can be undone ; 11 '1' where an editor asks
--      12 score from which two people must agree
-- Returns 'started' | 'missing' | the state it is in already
local state = redis.call('HGET', KEYS[9], 'state')
if not state then return 'missing' end
if state ~= 'preview' then return state end
redis.call('HSET', KEYS[9], 'state', 'running', 'action', ARGV[3], 'rule', ARGV[4],
  'reason', ARGV[5], 'by', ARGV[6], 'decision', ARGV[7], 'to', ARGV[8], 'sources', ARGV[9],
  'hold_ms', ARGV[10], 'editor', ARGV[11], 'severe', ARGV[12],
  'total', redis.call('ZCARD', KEYS[10]))
redis.call('PERSIST', KEYS[9])
redis.call('PERSIST', KEYS[10])
redis.call('ZADD', KEYS[11], int(now_ms()), ARGV[1] .. ' ' .. ARGV[2])
bulks.tell(KEYS[9], ARGV[1], ARGV[2], redis.call('ZCARD', KEYS[10]), 0, 0, 'running')
return 'started'
