#!lua flags=allow-oom
-- Brings comments into the columns of a queue, or out of them, that an older release brought into
-- the queue or out of it.
-- KEYS 1 queue: the sorted set, and its parts lie beside it
-- ARGV ids of comments
-- Returns nothing
local queue = KEYS[1]
for _, id in ipairs(ARGV) do
  local slot = redis.call('HGET', queue .. ':slots', id)
  local facts = redis.call('HGET', queue .. ':facts', id)
  if facts and not slot then columns.enter(queue, id, cmsgpack.unpack(facts)) end
  if slot and not facts then columns.leave(queue, id) end
end
