#!lua flags=allow-oom
-- Erases a comment's text and who wrote it; the skeleton and the history stay.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters ; 10 the site's key of alikes.lua
-- ARGV 1 states the step may start in ; 2 decision JSON ; 3.. the bands of its likeness
-- Returns {'done', version} | {'already', version} | {'missing'}
local c = load()
if not c then return {'missing'} end
if not contains(ARGV[1], c.state) then return {'already', int(c.version)} end
redis.call('HDEL', KEYS[COMMENT], 'metadata', 'scores', 'undo_state', 'undo_decision',
  'undo_place', 'opinion', 'likeness')
redis.call('HSET', KEYS[COMMENT], 'text', '', 'author_name', '', 'reports', '0')
redis.call('DEL', KEYS[9], KEYS[9] .. ':before')
local bands = {}
for i = 3, #ARGV do bands[#bands + 1] = ARGV[i] end
alikes.drop(KEYS[10], bands, c.id, c.received_at)
return {'done', int(step(c, 'erased', ARGV[2], 0))}
