#!lua flags=allow-oom
-- Makes a decision public: the article's thread, readers' pages, a webhook per endpoint; fenced.
-- It brings what is public to what the comment is now, so running it twice changes nothing.
-- KEYS 1-8  the comment's (see prelude) ; 9 thread ; 10 live ; 11 article ; 12 due
--      13 its siblings: the replies to the same parent ; 14 the site's newest deliveries
--      15.. delivery hashes, one per endpoint
-- ARGV 1 group, 2 consumer, 3 entry id, 4 times delivered ; 5 version the entry is about
--      6 how many events a live stream keeps
--      7 how many of the newest deliveries are kept ; 8.. pairs of endpoint id, delivery id
-- Returns {'published', 'released' | 'retracted' | 'announced' | 'nothing', event type}
--      | {'superseded'} a newer decision has an entry of its own | {'gone'} | {'lost'}
local group, entry = ARGV[1], ARGV[3]
if not still_mine(KEYS[OUTBOX], group, ARGV[2], entry, ARGV[4]) then return {'lost'} end
local c = load()
if not c then
  finish_entry(KEYS[OUTBOX], group, entry)
  return {'gone'}
end
if c.version ~= tonumber(ARGV[5]) then
  finish_entry(KEYS[OUTBOX], group, entry)
  return {'superseded'}
end

local now = now_ms()
local v = redis.call('HMGET', KEYS[COMMENT], 'released_at', 'announced', 'written_at')
local public, announced, written_at = v[1], v[2], v[3]
local effect = 'nothing'
if c.state == 'approved' and not public then
  effect = 'released'
  redis.call('HSET', KEYS[COMMENT], 'released_at', int(now))
  redis.call('ZADD', KEYS[9], written_at, c.id)
  redis.call('ZADD', KEYS[13], written_at, c.id)
  redis.call('HINCRBY', KEYS[11], 'comments', 1)
elseif c.state ~= 'approved' and public then
  -- It stays in the thread as a gap, so that the replies below it keep their place.
  effect = 'retracted'
  redis.call('HDEL', KEYS[COMMENT], 'released_at')
  redis.call('HINCRBY', KEYS[11], 'comments', -1)
end
if effect ~= 'nothing' then
  redis.call('HINCRBY', KEYS[11], 'revision', 1)
  redis.call('XADD', KEYS[10], 'MAXLEN', '~', tonumber(ARGV[6]), '*', 'event', effect, 'id', c.id)
  redis.call('XADD', KEYS[FEED], 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', effect, 'site', c.site,
    'id', c.id, 'article', c.article, 'from', c.state, 'state', c.state, 'version', int(c.version))
end

local event = 'comment.' .. c.state
if announced ~= c.state then
  if effect == 'nothing' then effect = 'announced' end
  redis.call('HSET', KEYS[COMMENT], 'announced', c.state)
  for i = 15, #KEYS do
    local endpoint, delivery = ARGV[8 + (i - 15) * 2], ARGV[9 + (i - 15) * 2]
    redis.call('HSET', KEYS[i], 'site', c.site, 'comment', c.id, 'version', int(c.version),
      'type', event, 'endpoint', endpoint, 'state', 'waiting', 'attempts', '0',
      'created_at', int(now), 'decision', c.decision or '')
    redis.call('ZADD', KEYS[12], int(now), delivery)
    redis.call('ZADD', KEYS[14], int(now), delivery)
  end
  redis.call('ZREMRANGEBYRANK', KEYS[14], 0, -tonumber(ARGV[7]) - 1)
end
finish_entry(KEYS[OUTBOX], group, entry)
return {'published', effect, event}
