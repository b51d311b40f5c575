-- Which of its site's queues a comment stands in. The keys lie beside KEYS[FLAGGED], in its slot.
--
-- flagged, escalated   sorted sets by priority, each with secondary indexes, see `join`
-- held, pending        sorted sets by the time of receipt
-- reported             sorted set by the number of reports
-- approved:people, approved:policy, rejected:...   the newest so many, by the time of the decision

-- How many decided comments each of the lists keeps.
local RECENT = 1000
local INDEXED = { flagged = true, escalated = true }

function queues.key(name)
  return string.sub(KEYS[FLAGGED], 1, -#'flagged' - 1) .. name
end

-- What a filter may ask about a comment in a queue; its members' names are short on purpose.
-- r rule, l language, a article, u author, t received at (ms), s scores by name
local function facts_of(c, rule)
  local v = redis.call('HMGET', KEYS[COMMENT], 'author', 'language', 'scores')
  local scores, language = {}, v[2]
  if v[3] and v[3] ~= '' then
    local raw = cjson.decode(v[3])
    scores = raw['values']
    local known = type(raw['language']) == 'string'
    if known and (not language or language == '') then language = raw['language'] end
  end
  if not language or language == '' then language = 'und' end
  return { r = rule or '', l = language, a = c.article, u = v[1] or '',
    t = tonumber(c.received_at), s = scores }
end

-- The indexes of `facts` other than the scores': kind and value.
local function groups(facts)
  return { { 'rule', facts.r }, { 'language', facts.l }, { 'article', facts.a },
    { 'author', facts.u } }
end

-- Puts a comment into a queue and its indexes:
--   :facts   hash: id -> MessagePack of its facts ; :age  sorted set by the time of receipt
--   :score:NAME   sorted set by that score
--   :rule:R :language:L :article:A :author:U   sorted sets by priority, of those that have it
--   :names   set of the rules, languages and scores there are: "rule:R", "language:L", "score:NAME"
local function join(place, c, score, rule)
  local queue, facts = queues.key(place), facts_of(c, rule)
  redis.call('ZADD', queue, score, c.id)
  redis.call('HSET', queue .. ':facts', c.id, cmsgpack.pack(facts))
  redis.call('ZADD', queue .. ':age', c.received_at, c.id)
  for _, group in ipairs(groups(facts)) do
    redis.call('ZADD', queue .. ':' .. group[1] .. ':' .. group[2], score, c.id)
  end
  redis.call('SADD', queue .. ':names', 'rule:' .. facts.r, 'language:' .. facts.l)
  for name, value in pairs(facts.s) do
    redis.call('ZADD', queue .. ':score:' .. name, tostring(value), c.id)
    redis.call('SADD', queue .. ':names', 'score:' .. name)
  end
  columns.enter(queue, c.id, facts)
end

local NAMED = { rule = true, language = true, score = true }

local function drop(queue, kind, value, id)
  local key = queue .. ':' .. kind .. ':' .. value
  redis.call('ZREM', key, id)
  if NAMED[kind] and redis.call('EXISTS', key) == 0 then
    redis.call('SREM', queue .. ':names', kind .. ':' .. value)
    columns.drop(queue, kind, value)
  end
end

-- Takes a comment out of a queue and its indexes.
function queues.part(place, id)
  local queue = queues.key(place)
  redis.call('ZREM', queue, id)
  local raw = redis.call('HGET', queue .. ':facts', id)
  redis.call('ZREM', queue .. ':age', id)
  local facts = raw and cmsgpack.unpack(raw)
  columns.leave(queue, id, facts)
  if not facts then return end
  redis.call('HDEL', queue .. ':facts', id)
  for _, group in ipairs(groups(facts)) do drop(queue, group[1], group[2], id) end
  for name in pairs(facts.s) do drop(queue, 'score', name, id) end
end

local function actor_list(state, actor)
  return queues.key(state .. (actor == 'policy' and ':policy' or ':people'))
end

-- Takes the comment out of the queues of the state it is still in.
function queues.leave(c, how)
  if c.state == 'pending' then
    redis.call('ZREM', KEYS[PENDING], c.id)
  elseif INDEXED[c.place] then
    queues.part(c.place, c.id)
  elseif c.state == 'flagged' then
    redis.call('ZREM', queues.key(c.place), c.id)
  else
    redis.call('ZREM', actor_list(c.state, 'policy'), c.id)
    redis.call('ZREM', actor_list(c.state, ''), c.id)
  end
  if contains('approve,reject,keep,erase', how) then
    redis.call('ZREM', queues.key('reported'), c.id)
  end
end

-- Puts the comment into the queues of the state it is in now.
function queues.enter(c, record, now)
  if c.state == 'pending' then
    redis.call('ZADD', KEYS[PENDING], c.received_at, c.id)
  elseif INDEXED[c.place] then
    join(c.place, c, flagged_score(record['priority'], c.received_at), record['rule'])
  elseif c.state == 'flagged' then
    redis.call('ZADD', queues.key(c.place), c.received_at, c.id)
  elseif c.state == 'approved' or c.state == 'rejected' then
    local list = actor_list(c.state, record['actor'])
    redis.call('ZADD', list, int(now), c.id)
    redis.call('ZREMRANGEBYRANK', list, 0, -RECENT - 1)
  end
end

-- Sets the indexes anew, where the facts changed without a step, or were never there.
function queues.reindex(c)
  if not INDEXED[c.place] then return false end
  local record = c.decision and cjson.decode(c.decision) or {}
  queues.part(c.place, c.id)
  join(c.place, c, flagged_score(record['priority'], c.received_at), record['rule'])
  return true
end

-- More reports are more urgent; among equals, the older comment first.
function queues.reported(c, reports)
  redis.call('ZADD', queues.key('reported'), flagged_score(reports / 1000, c.received_at), c.id)
end

-- Whether the facts satisfy a filter: {rules, languages (name -> true), article, author,
-- from, to (ms), scores ({{name, min, max}})}, each of them only where it is asked for.
function queues.fits(facts, filter)
  if filter.article and filter.article ~= facts.a then return false end
  if filter.author and filter.author ~= facts.u then return false end
  if filter.from and facts.t < filter.from then return false end
  if filter.to and facts.t > filter.to then return false end
  if filter.rules and not filter.rules[facts.r] then return false end
  if filter.languages and not filter.languages[facts.l] then return false end
  for _, range in ipairs(filter.scores or {}) do
    local value = facts.s[range[1]]
    if not value or value < range[2] or value > range[3] then return false end
  end
  return true
end
