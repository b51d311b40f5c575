#!lua flags=allow-oom
-- Has a bulk that is under way, or whose undo window lasts, taken back.
-- KEYS 1-8  the comment's, with no comment (see bulks.lua) ; 9 bulk ; 10 its comments
-- ARGV 1 site ; 2 bulk id ; 3 JSON of the step
-- Returns 'undoing' | 'late' | 'missing' | 'preview'
local v = redis.call('HMGET', KEYS[9], 'state', 'until', 'total')
local state = v[1]
if not state then return 'missing' end
if state == 'preview' or state == 'undoing' then return state end
if state == 'undone' then return 'undoing' end
if state == 'held' and now_ms() >= tonumber(v[2]) then return 'late' end
if state ~= 'running' and state ~= 'held' then return 'late' end
redis.call('HSET', KEYS[9], 'state', 'undoing', 'undo', ARGV[3])
redis.call('UNLINK', KEYS[10])
bulks.tell(KEYS[9], ARGV[1], ARGV[2], tonumber(v[3]), 0, 0, 'undoing')
return 'undoing'
