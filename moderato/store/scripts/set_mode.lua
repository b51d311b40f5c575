-- Opens, pre-moderates or closes an article, for good or until a time.
-- KEYS 1 article ; 2 history of its settings ; 3 feed ; 4 the site's articles
-- ARGV 1 site ; 2 article ; 3 version seen, '' for whatever it is ; 4 mode
--      5 until, ms, '' for no end ; 6 '1' where who asks may close, and open what is closed
--      7 actor ; 8 by ; 9 why
-- Returns {'done', version} | {'same', version} nothing to change | {'conflict', version}
--      | {'editor'} who asks may not | {'past', now} the end is over
local now = now_ms()
local stale, version = articles.is_stale(KEYS[1], ARGV[3])
if stale then return {'conflict', int(version)} end
local mode, ends = ARGV[4], ARGV[5]
if ends ~= '' and tonumber(ends) <= now then return {'past', int(now)} end
local current, current_ends, lasting = articles.mode(KEYS[1], now)
if ARGV[6] ~= '1' and (mode == 'closed' or current == 'closed' or lasting == 'closed') then
  return {'editor'}
end
-- A site's system may say the same each time it saves an article: that is no news.
if ARGV[3] == '' and current == mode and (current_ends or '') == ends then
  return {'same', int(version)}
end
if ends == '' then
  redis.call('HSET', KEYS[1], 'mode', mode)
  redis.call('HDEL', KEYS[1], 'passing', 'passing_until')
else
  redis.call('HSET', KEYS[1], 'mode', lasting, 'passing', mode, 'passing_until', ends)
end
return {'done', int(articles.changed(KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[2], {
  what = 'mode', mode = mode, ['until'] = ends, before = current, actor = ARGV[7], by = ARGV[8],
  reason = ARGV[9] }))}
