-- Holds an article tighter, for good or until a time, or no longer.
-- KEYS 1 article ; 2 history of its settings ; 3 feed ; 4 the site's articles
-- ARGV 1 site ; 2 article ; 3 version seen, '' for whatever it is ; 4 '1' tighter, '0' no longer
--      5 until, ms, '' for no end ; 6 actor ; 7 by ; 8 why
-- Returns {'done', version} | {'conflict', version} | {'past', now} the end is over
local now = now_ms()
local stale, version = articles.is_stale(KEYS[1], ARGV[3])
if stale then return {'conflict', int(version)} end
local tighter, ends = ARGV[4] == '1', ARGV[5]
if tighter and ends ~= '' and tonumber(ends) <= now then return {'past', int(now)} end
if tighter then
  redis.call('HSET', KEYS[1], 'tighter', '1', 'tighter_until', ends)
else
  redis.call('HDEL', KEYS[1], 'tighter', 'tighter_until')
end
return {'done', int(articles.changed(KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[2], {
  what = 'tighter', mode = tighter and 'tighter' or 'usual', ['until'] = ends, before = '',
  actor = ARGV[6], by = ARGV[7], reason = ARGV[8] }))}
