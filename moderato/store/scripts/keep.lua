#!lua flags=allow-oom
-- A person looked at a reported comment, on the version they saw: it stays as it is.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters
-- ARGV 1 version seen ; 2 states the step may start in, comma-separated
--      3 JSON of the step ; 4 ms it can be undone
-- Returns what decisions.keep does | {'missing'}
local c = load()
if not c then return {'missing'} end
return decisions.keep(c, {
  version = tonumber(ARGV[1]), sources = ARGV[2], decision = ARGV[3],
  hold_ms = tonumber(ARGV[4]), reporters = KEYS[9],
})
