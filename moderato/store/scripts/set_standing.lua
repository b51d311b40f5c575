-- A person's ruling about an author, made on the last ruling they saw.
-- KEYS 1 author ; 2 rulings ; 3 feed
-- ARGV 1 version seen, 0 where there was none ; 2 JSON of the ruling, completed here
--      3 ms it holds, or '' for good ; 4 site ; 5 author
-- Returns {'done', JSON of the ruling} | {'conflict', JSON of the last one, or ''}
--      | {'missing'} nobody of that id has commented
local known = redis.call('HMGET', KEYS[1], 'received', 'rulings', 'ruling')
if not known[1] then return {'missing'} end
local version = tonumber(known[2] or 0)
if version ~= tonumber(ARGV[1]) then return {'conflict', known[3] or ''} end

local now = now_ms()
local ruling = cjson.decode(ARGV[2])
ruling['version'], ruling['at'] = version + 1, now
if ARGV[3] ~= '' then ruling['until'] = now + tonumber(ARGV[3]) end
local line = cjson.encode(ruling)
redis.call('HSET', KEYS[1], 'rulings', int(version + 1), 'ruling', line)
redis.call('RPUSH', KEYS[2], line)
redis.call('XADD', KEYS[3], 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', 'author', 'site', ARGV[4],
  'id', ARGV[5], 'article', '', 'from', '', 'state', ruling['standing'],
  'version', int(version + 1))
return {'done', line}
