-- Looks at one stretch of a queue's order, and says what of it fits a filter.
-- KEYS 1 order: the sorted set to walk ; 2 facts
-- ARGV 1 first rank ; 2 last rank ; 3 '1' to walk from the highest score ; 4 filter JSON
--      5 how many ids are wanted: it stops there ; 6 what to count besides: 'all', 'rules',
--      'languages', the name of a score behind 'score:', 'facets': all, and in each facet also
--      what only its own part of the filter leaves out; or ''
-- Returns JSON: fit, ids ([id, sort score, ...]), rules, languages, bins, oldest, newest
local walk = ARGV[3] == '1' and 'ZREVRANGE' or 'ZRANGE'
local found = redis.call(walk, KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')
local filter, wanted, counted = cjson.decode(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local only = string.match(counted, '^score:(.*)$')
local facets = counted == 'facets'
local all = counted == 'all' or facets
local answer = { fit = 0, ids = {}, rules = {}, languages = {}, bins = {} }

local function count_score(name, value)
  local bins = answer.bins[name]
  if not bins then
    bins = {}
    for i = 1, 20 do bins[i] = 0 end
    answer.bins[name] = bins
  end
  local at = math.max(1, math.min(20, math.floor(value * 20) + 1))
  bins[at] = bins[at] + 1
end

local function count(names, name)
  names[name] = (names[name] or 0) + 1
end

-- One facet alone stands against it: it is counted there.
local function widen(facts, against)
  if against == 'rules' then
    count(answer.rules, facts.r)
  elseif against == 'languages' then
    count(answer.languages, facts.l)
  else
    local name = string.sub(against, #'score:' + 1)
    if facts.s[name] then count_score(name, facts.s[name]) end
  end
end

local function take(id, score, facts)
  answer.fit = answer.fit + 1
  if wanted > 0 then
    answer.ids[#answer.ids + 1] = id
    answer.ids[#answer.ids + 1] = score
  end
  if all or counted == 'rules' then count(answer.rules, facts.r) end
  if all or counted == 'languages' then count(answer.languages, facts.l) end
  if all then
    for name, value in pairs(facts.s) do count_score(name, value) end
  elseif only and facts.s[only] then
    count_score(only, facts.s[only])
  end
  if all then
    answer.oldest = math.min(answer.oldest or facts.t, facts.t)
    answer.newest = math.max(answer.newest or facts.t, facts.t)
  end
end

local ids = {}
for i = 1, #found, 2 do ids[#ids + 1] = found[i] end
if #ids > 0 then
  local packed = redis.call('HMGET', KEYS[2], unpack(ids))
  for i = 1, #ids do
    if packed[i] then
      local facts = cmsgpack.unpack(packed[i])
      local fits, against = queues.fits(facts, filter)
      if fits then
        take(ids[i], found[i * 2], facts)
      elseif facets and against then
        widen(facts, against)
      end
      if wanted > 0 and answer.fit >= wanted then break end
    end
  end
end
return cjson.encode(answer)
