#!lua flags=allow-oom
-- The policy again, on another model's scores; never over anybody's decision but its own.
-- KEYS 1-8  the comment's (see prelude)
-- ARGV 1 version the scores are about ; 2 states the step may start in, comma-separated
--      3 state after ; 4 decision JSON ; 5 scores JSON
--      6 which ruling about the author the decision knew of, 0 for none
-- Returns {'done', version} | {'missing'}
--      | {'conflict', state, version} somebody took a step meanwhile, or ruled about the author
local c = load()
if not c then return {'missing'} end
if c.version ~= tonumber(ARGV[1]) or not contains(ARGV[2], c.state) or not by_policy(c)
  or authors.version() ~= tonumber(ARGV[6]) then
  return {'conflict', c.state, int(c.version)}
end
redis.call('HSET', KEYS[COMMENT], 'scores', ARGV[5])
return {'done', int(step(c, ARGV[3], ARGV[4], 0))}
