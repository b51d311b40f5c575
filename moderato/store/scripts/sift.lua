-- Walks a queue's order from a place on, and says what of it fits a filter.
-- KEYS 1 order: the sorted set to walk ; 2 facts
-- ARGV 1-7 where from and how far, see walks.lua
--      8 filter JSON, '' where everything fits and nothing is counted
--      9 how many ids are wanted: it stops there
--      10 what to count besides: 'all', 'rules', 'languages', the name of a score behind 'score:',
--      'facets': all, and in each facet also what only its own part of the filter leaves out; or ''
-- Returns JSON: ids ([id, sort score, ...]), before and ahead (how many stand on either side of the
--      place), score and member (the place to go on behind, '' at the end), and of what was looked
--      at: fit, rules, languages, bins, oldest, newest
local read = walks.read(KEYS[1], 1)
local wanted, counted = tonumber(ARGV[9]), ARGV[10]
local filter = ARGV[8] ~= '' and cjson.decode(ARGV[8])
local only = string.match(counted, '^score:(.*)$')
local facets = counted == 'facets'
local all = counted == 'all' or facets
local answer = { before = read.before, ahead = read.ahead, score = read.score,
  member = read.member, fit = 0, ids = {}, rules = {}, languages = {}, bins = {} }

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

local ids = read.ids
if not filter then
  for i = 1, #ids do
    answer.ids[2 * i - 1], answer.ids[2 * i] = ids[i], read.scores[i]
  end
elseif #ids > 0 then
  local packed = redis.call('HMGET', KEYS[2], unpack(ids))
  for i = 1, #ids do
    if packed[i] then
      local facts = cmsgpack.unpack(packed[i])
      local fits, against = queues.fits(facts, filter)
      if fits then
        take(ids[i], read.scores[i], facts)
      elseif facets and against then
        widen(facts, against)
      end
      if wanted > 0 and answer.fit >= wanted then break end
    end
  end
end
return cjson.encode(answer)
