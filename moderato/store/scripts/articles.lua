-- All comments of an article, in every state, and how the article takes new ones.
-- The keys lie in the slot of KEYS[FLAGGED]; their names are those of keys.py.
--
-- discussion:SITE:ARTICLE:STATE   sorted set: its comments in that state, by the time of receipt
-- below:SITE:ARTICLE:PARENT       sorted set: what replies to a comment ('': to the article), in
--                                 whatever state, by the time of receipt
-- articles:SITE                   sorted set: the site's articles, by their newest comment

-- How many changes of its settings an article remembers.
local SETTINGS_KEPT = 200

local function key(...)
  return string.match(KEYS[FLAGGED], '^.-}:') .. table.concat({ ... }, ':')
end

-- Puts a comment among its article's; c is what `load` gives, parent '' for the article itself.
function articles.join(c, parent)
  redis.call('ZADD', key('discussion', c.site, c.article, c.state), int(c.received_at), c.id)
  redis.call('ZADD', key('below', c.site, c.article, parent), int(c.received_at), c.id)
end

-- A comment of its came in, or its settings changed before one did.
function articles.list(index, article, at)
  local newest = redis.call('ZSCORE', index, article)
  if not newest or tonumber(newest) < tonumber(at) then
    redis.call('ZADD', index, int(at), article)
  end
end

function articles.index(site)
  return key('articles', site)
end

-- The comment has left the state `before`.
function articles.moved(c, before)
  redis.call('ZREM', key('discussion', c.site, c.article, before), c.id)
  redis.call('ZADD', key('discussion', c.site, c.article, c.state), int(c.received_at), c.id)
end

-- Puts a comment where it belongs, whatever was there.
function articles.mend(c)
  for _, state in ipairs(STATES) do
    if state ~= c.state then
      redis.call('ZREM', key('discussion', c.site, c.article, state), c.id)
    end
  end
  articles.join(c, redis.call('HGET', KEYS[COMMENT], 'parent') or '')
  articles.list(articles.index(c.site), c.article, c.received_at)
end

-- The mode that holds now, ms when it ends or nil, and the one without an end.
function articles.mode(article, now)
  local v = redis.call('HMGET', article, 'mode', 'passing', 'passing_until')
  local lasting = v[1] or 'open'
  if v[2] and now < tonumber(v[3]) then return v[2], v[3], lasting end
  return lasting, nil, lasting
end

-- Remembers a change: version, history, feed, list of articles. `change` is the line of history,
-- less its time and version. Returns the new version.
function articles.changed(article, history, feed, index, site, id, change)
  local now = now_ms()
  local version = redis.call('HINCRBY', article, 'settings', 1)
  change.at, change.version = now, version
  local line = cjson.encode(change)
  redis.call('HSET', article, change.what .. '_line', line)
  redis.call('RPUSH', history, line)
  redis.call('LTRIM', history, -SETTINGS_KEPT, -1)
  if not redis.call('ZSCORE', index, id) then redis.call('ZADD', index, int(now), id) end
  redis.call('XADD', feed, 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', 'article', 'site', site,
    'id', '', 'article', id, 'from', '', 'state', '', 'version', int(version))
  return version
end

-- The version seen is not the one there is; '' stands for whatever it is.
function articles.is_stale(article, seen)
  local version = tonumber(redis.call('HGET', article, 'settings') or 0)
  return seen ~= '' and tonumber(seen) ~= version, version
end
