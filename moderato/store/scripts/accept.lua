-- Takes a comment in, once.
-- KEYS 1-8  the comment's (see prelude)
--      9    idempotency key ; 10 external id ; 11 work stream (either lane)
--      12   article ; 13 repeats counter ; 14 parent comment
--      15   stands for 9, 10 and 14 where the comment has none; never written
--      16   the site's key of alikes.lua
-- ARGV 1    hash of the request's body
--      2    seconds an idempotency key is kept ; 3 seconds repeats are counted
--      4    deepest reply allowed
--      5    site ; 6 id ; 7 article id ; 8 written_at ms, or '' for now
--      9    article url ; 10 article title
--      11   standings whose authors may not post, comma-separated
--      12   days that comments like it are looked for ; 13 the bands of its likeness, with spaces
--      14.. pairs of further fields of the comment
-- Returns {'accepted', id, state, version} | {'known', id} | {'conflict', id}
--      | {'known-external', id} | {'conflict-external', id}
--      | {'refused', JSON of the ruling about the author}
--      | {'no-parent'} | {'other-article'} | {'too-deep', depth} | {'unprepared'}
--      | {'closed', ms when it opens or ''}
local function seen(key, what)
  if key == KEYS[15] then return nil end
  local value = redis.call('GET', key)
  if not value then return nil end
  local hash, id = string.match(value, '^(%S+) (%S+)$')
  if hash == ARGV[1] then return {'known' .. what, id} end
  return {'conflict' .. what, id}
end

local earlier = seen(KEYS[9], '') or seen(KEYS[10], '-external')
if earlier then return earlier end

-- A stream made here would have no consumer group, and nobody would read it.
if redis.call('EXISTS', KEYS[11]) == 0 then return {'unprepared'} end

local now = now_ms()
local standing, ruling = authors.standing(now)
if contains(ARGV[11], standing) then return {'refused', ruling} end

local depth = 0
if KEYS[14] ~= KEYS[15] then
  local parent = redis.call('HMGET', KEYS[14], 'depth', 'article', 'state')
  if not parent[1] or parent[3] == 'erased' then return {'no-parent'} end
  if parent[2] ~= ARGV[7] then return {'other-article'} end
  depth = tonumber(parent[1]) + 1
  if depth > tonumber(ARGV[4]) then return {'too-deep', int(depth)} end
end

local mode, till = articles.mode(KEYS[12], now)
if mode == 'closed' then return {'closed', till or ''} end

local site, id = ARGV[5], ARGV[6]
local repeats = redis.call('INCR', KEYS[13])
redis.call('EXPIRE', KEYS[13], ARGV[3])

local fields = {}
for i = 14, #ARGV do fields[#fields + 1] = ARGV[i] end
local written_at = ARGV[8]
if written_at == '' then written_at = int(now) end
redis.call('HSET', KEYS[COMMENT], 'site', site, 'id', id, 'article', ARGV[7],
  'state', 'pending', 'version', '1', 'received_at', int(now), 'written_at', written_at,
  'depth', int(depth), 'repeats', int(repeats), unpack(fields))
redis.call('HSET', KEYS[12], 'url', ARGV[9])
-- A site may leave the title out: what was known before stays.
if ARGV[10] ~= '' then redis.call('HSET', KEYS[12], 'title', ARGV[10]) end
redis.call('HSETNX', KEYS[12], 'mode', 'open')
redis.call('HINCRBY', KEYS[AUTHOR], 'received', 1)
numbers.add(now, 'arrived', 1)
redis.call('ZADD', authors.comments('pending'), int(now), id)
redis.call('ZADD', KEYS[PENDING], int(now), id)
articles.join({ site = site, id = id, article = ARGV[7], state = 'pending', received_at = now },
  redis.call('HGET', KEYS[COMMENT], 'parent'))
articles.list(articles.index(site), ARGV[7], now)
local bands = {}
for band in string.gmatch(ARGV[13], '%S+') do bands[#bands + 1] = band end
alikes.add(KEYS[16], bands, id, now, tonumber(ARGV[12]))
redis.call('RPUSH', KEYS[HISTORY], cjson.encode({
  step = 'receive', at = now, actor = 'site', by = site, state = 'pending', version = 1 }))
local memory = ARGV[1] .. ' ' .. id
if KEYS[9] ~= KEYS[15] then redis.call('SET', KEYS[9], memory, 'EX', ARGV[2]) end
if KEYS[10] ~= KEYS[15] then redis.call('SET', KEYS[10], memory) end
redis.call('XADD', KEYS[11], '*', 'site', site, 'id', id, 'step', 'decide')
redis.call('XADD', KEYS[FEED], 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', 'receive', 'site', site,
  'id', id, 'article', ARGV[7], 'from', '', 'state', 'pending', 'version', '1')
return {'accepted', id, 'pending', '1'}
