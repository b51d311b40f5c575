#!lua flags=allow-oom
-- A scorer's decision on one comment, fenced: only who holds the entry now may finish it.
-- KEYS 1-8  the comment's (see prelude) ; 9 work stream (either lane)
-- ARGV 1 group, 2 consumer, 3 entry id, 4 times delivered
--      5 states the step may start in, comma-separated ; 6 the comment's version
--      7 state after ; 8 decision JSON ; 9 scores JSON, or '' when there are none
--      10 '1' where only the policy's own decision may be replaced, else '0'
--      11 which ruling about the author the decision knew of, 0 for none
-- Returns {'done', version} | {'lost'} another holds the entry | {'stale', state, version}
--      somebody decided meanwhile | {'gone'} no such comment | {'ruled'} somebody ruled about the
--      author meanwhile: decide anew. All but 'lost' and 'ruled' end the entry.
local group, entry = ARGV[1], ARGV[3]
if not still_mine(KEYS[9], group, ARGV[2], entry, ARGV[4]) then return {'lost'} end
local c = load()
if not c then
  finish_entry(KEYS[9], group, entry)
  return {'gone'}
end
local open = contains(ARGV[5], c.state) and c.version == tonumber(ARGV[6])
  and (ARGV[10] ~= '1' or by_policy(c))
if open and authors.version() ~= tonumber(ARGV[11]) then return {'ruled'} end
if c.state ~= 'erased' and ARGV[9] ~= '' then
  redis.call('HSET', KEYS[COMMENT], 'scores', ARGV[9])
end
if not open then
  queues.reindex(c)
  finish_entry(KEYS[9], group, entry)
  return {'stale', c.state, int(c.version)}
end
local version = step(c, ARGV[7], ARGV[8], 0)
finish_entry(KEYS[9], group, entry)
return {'done', int(version)}
