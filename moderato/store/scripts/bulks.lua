-- Many comments of one site, decided, released or taken back a few at a time.
-- KEYS 1-8 are the comment's with an empty comment and author: the prefixes of what `turn` sets.

local COMMENTS, HISTORIES, AUTHORS = KEYS[COMMENT], KEYS[HISTORY], KEYS[AUTHOR]
-- How many of the comments that others decided meanwhile a bulk remembers by name.
local REMEMBERED = 100
-- Into how many parts the way is cut that watchers are told about.
local TOLD = 50

-- Makes `id` the comment that the steps are about; nil where there is none.
function bulks.turn(id)
  KEYS[COMMENT], KEYS[HISTORY] = COMMENTS .. id, HISTORIES .. id
  local author = redis.call('HGET', KEYS[COMMENT], 'author')
  if not author then return nil end
  KEYS[AUTHOR] = AUTHORS .. author
  return load()
end

-- The comment of an entry "id version", where that version is still the bulk's to release.
function bulks.kept(entry)
  local id, version = string.match(entry, '^(%S+) (%d+)$')
  local c = bulks.turn(id)
  if not c or c.version ~= tonumber(version) then return nil end
  if redis.call('HEXISTS', KEYS[COMMENT], 'bulk') == 0 then return nil end
  return c
end

function bulks.remember(list, id, c)
  if redis.call('LLEN', list) >= REMEMBERED then return end
  local last = c and c.decision and cjson.decode(c.decision) or {}
  redis.call('RPUSH', list, cjson.encode({ id = id, state = c and c.state or 'erased',
    version = c and c.version or 0, by = last['by'] or '', step = last['step'] or '' }))
end

-- Tells watchers, at a new state and at each fiftieth of the way.
function bulks.tell(job, site, id, total, before, after, state)
  local part = math.max(1, math.ceil(total / TOLD))
  local moved = math.floor(before / part) ~= math.floor(after / part)
  if not moved and not state then return end
  redis.call('XADD', KEYS[FEED], 'MAXLEN', '~', FEED_LENGTH, '*', 'kind', 'bulk', 'site', site,
    'id', id, 'article', '', 'from', '', 'state', state or redis.call('HGET', job, 'state'),
    'version', '0', 'total', int(total), 'done', int(after))
end
