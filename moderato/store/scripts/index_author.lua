#!lua flags=allow-oom
-- Puts a comment into its author's set of the state it is in, and into no other.
-- KEYS 1-8  the comment's (see prelude)
-- ARGV      every state
-- Returns 1, or 0 where there is no such comment
local c = load()
if not c then return 0 end
for _, state in ipairs(ARGV) do
  if state ~= c.state then redis.call('ZREM', authors.comments(state), c.id) end
end
redis.call('ZADD', authors.comments(c.state), c.received_at, c.id)
return 1
