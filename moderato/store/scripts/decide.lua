#!lua flags=allow-oom
-- A person's decision, on the version of the comment they saw.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters
-- ARGV 1 version seen ; 2 states the step may start in, comma-separated ; 3 state after
--      4 decision JSON ; 5 ms it can be undone before it is released
--      6 '1' where an editor decides ; 7 score from which two people must agree, 0 for never
-- Returns what decisions.decide does | {'missing'}
local c = load()
if not c then return {'missing'} end
return decisions.decide(c, {
  version = tonumber(ARGV[1]), sources = ARGV[2], to = ARGV[3], decision = ARGV[4],
  hold_ms = tonumber(ARGV[5]), editor = ARGV[6] == '1', severe = tonumber(ARGV[7]),
  reporters = KEYS[9],
})
