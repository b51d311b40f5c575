#!lua flags=allow-oom
-- A scorer's decision on one comment, fenced: only who holds the entry now may finish it.
-- KEYS 1-8  the comment's (see prelude) ; 9 work stream (either lane)
-- ARGV 1 group, 2 consumer, 3 entry id, 4 times delivered
--      5 states the step may start in, comma-separated ; 6 the comment's version
--      7 state after ; 8 decision JSON ; 9 scores JSON, or '' when there are none
--      10 '1' where only the policy's own decision may be replaced, else '0'
-- Returns {'done', version} | {'lost'} another holds the entry | {'stale', state, version}
--      somebody decided meanwhile | {'gone'} no such comment. All but 'lost' end the entry.
local group, entry = ARGV[1], ARGV[3]
if not still_mine(KEYS[9], group, ARGV[2], entry, ARGV[4]) then return {'lost'} end
local c = load()
if not c then
  finish_entry(KEYS[9], group, entry)
  return {'gone'}
end
if c.state ~= 'erased' and ARGV[9] ~= '' then
  redis.call('HSET', KEYS[COMMENT], 'scores', ARGV[9])
end
if not contains(ARGV[5], c.state) or c.version ~= tonumber(ARGV[6])
  or (ARGV[10] == '1' and not by_policy(c)) then
  queues.reindex(c)
  finish_entry(KEYS[9], group, entry)
  return {'stale', c.state, int(c.version)}
end
local version = step(c, ARGV[7], ARGV[8], 0)
finish_entry(KEYS[9], group, entry)
return {'done', int(version)}
