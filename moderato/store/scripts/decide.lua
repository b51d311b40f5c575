#!lua flags=allow-oom
-- A person's decision, on the version of the comment they saw.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters
-- ARGV 1 version seen ; 2 states the step may start in, comma-separated ; 3 state after
--      4 decision JSON ; 5 ms it can be undone before it is released
-- Returns {'done', version} | {'conflict', state, version} | {'missing'}
local c = load()
if not c then return {'missing'} end
if c.version ~= tonumber(ARGV[1]) or not contains(ARGV[2], c.state) then
  return {'conflict', c.state, int(c.version)}
end
redis.call('HSET', KEYS[COMMENT], 'undo_state', c.state, 'undo_decision', c.decision or '')
redis.call('DEL', KEYS[9])
return {'done', int(step(c, ARGV[3], ARGV[4], tonumber(ARGV[5])))}
