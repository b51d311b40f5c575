-- A reader objects to a comment; enough of them send a released one back to a person.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters
-- ARGV 1 who ; 2 how many reports flag it ; 3 states the step may start in ; 4 decision JSON
-- Returns {'counted', reports} | {'flagged', version} | {'missing'}
local c = load()
if not c or c.state == 'erased' then return {'missing'} end
if redis.call('SADD', KEYS[9], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[AUTHOR], 'reports', 1)
end
local reports = redis.call('SCARD', KEYS[9])
redis.call('HSET', KEYS[COMMENT], 'reports', reports)
queues.reported(c, reports)
if reports >= tonumber(ARGV[2]) and contains(ARGV[3], c.state) then
  return {'flagged', int(step(c, 'flagged', ARGV[4], 0))}
end
return {'counted', int(reports)}
