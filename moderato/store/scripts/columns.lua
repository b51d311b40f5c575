-- The columns of a queue: what is known of each comment in it, at the comment's slot, a number of
-- its own as long as it is there. They are counted and compared instead of the comments.
--
--   :slots   hash: id -> slot ; :ids  hash: slot -> id ; :free  list: slots left by others
--   :bits:all :bits:rule:R :bits:language:L :bits:score:NAME:BIN   strings: a bit per slot
--   :values:received :values:score:NAME   strings: a little-endian double per slot
--   :columns   set of the names of bits and values there are: "bits:all", "values:received"
--
-- A slot is taken again once it was left, so no column is longer than the queue ever was; when the
-- queue is empty, nothing is left. What stands in `values` at a slot without a bit means nothing.

local BINS = 20

-- Bits that are set, and values by name, where the facts (see queues.lua) are these.
local function columns_of(facts)
  local bits = { 'bits:all', 'bits:rule:' .. facts.r, 'bits:language:' .. facts.l }
  local values = { ['values:received'] = facts.t }
  for name, value in pairs(facts.s) do
    local bin = math.max(0, math.min(BINS - 1, math.floor(value * BINS)))
    bits[#bits + 1] = 'bits:score:' .. name .. ':' .. int(bin)
    values['values:score:' .. name] = value
  end
  return bits, values
end

local function delete(queue, names)
  for _, name in ipairs(names) do
    redis.call('DEL', queue .. ':' .. name)
    redis.call('SREM', queue .. ':columns', name)
  end
end

-- Forgets all columns of a queue, whoever is in it; store/columns.py fills them again.
function columns.forget(queue)
  delete(queue, redis.call('SMEMBERS', queue .. ':columns'))
  redis.call('DEL', queue .. ':slots', queue .. ':ids', queue .. ':free')
end

-- `facts` are nil where an older release took the comment out, which knows no columns.
function columns.leave(queue, id, facts)
  local slot = redis.call('HGET', queue .. ':slots', id)
  if not slot then return end
  local bits = facts and columns_of(facts) or redis.call('SMEMBERS', queue .. ':columns')
  for _, name in ipairs(bits) do
    local key = queue .. ':' .. name
    if string.sub(name, 1, 5) == 'bits:' and redis.call('GETBIT', key, slot) == 1 then
      redis.call('SETBIT', key, slot, 0)
    end
  end
  redis.call('HDEL', queue .. ':slots', id)
  redis.call('HDEL', queue .. ':ids', slot)
  redis.call('RPUSH', queue .. ':free', slot)
  if redis.call('EXISTS', queue .. ':slots') == 0 then columns.forget(queue) end
end

function columns.enter(queue, id, facts)
  columns.leave(queue, id)
  local slot = redis.call('LPOP', queue .. ':free') or int(redis.call('HLEN', queue .. ':slots'))
  redis.call('HSET', queue .. ':slots', id, slot)
  redis.call('HSET', queue .. ':ids', slot, id)
  local names, values = columns_of(facts)
  for _, name in ipairs(names) do redis.call('SETBIT', queue .. ':' .. name, slot, 1) end
  for name, value in pairs(values) do
    redis.call('SETRANGE', queue .. ':' .. name, slot * 8, struct.pack('<d', value))
    names[#names + 1] = name
  end
  redis.call('SADD', queue .. ':columns', unpack(names))
end

-- Where nobody in the queue has that rule, language or score any more.
function columns.drop(queue, kind, value)
  local names = {}
  if kind == 'score' then
    names[1] = 'values:score:' .. value
    for bin = 0, BINS - 1 do names[#names + 1] = 'bits:score:' .. value .. ':' .. int(bin) end
  else
    names[1] = 'bits:' .. kind .. ':' .. value
  end
  delete(queue, names)
end
