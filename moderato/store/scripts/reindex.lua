#!lua flags=allow-oom
-- Sets a comment's indexes in a queue anew from the comment itself, or removes them.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters
-- ARGV 1 queue ; 2 comment
-- Returns 1 where it stands in that queue, else 0
local c = load()
if not c or c.place ~= ARGV[1] then
  queues.part(ARGV[1], ARGV[2])
  return 0
end
queues.reindex(c)
local reports = redis.call('SCARD', KEYS[9])
if reports > 0 then queues.reported(c, reports) end
return 1
