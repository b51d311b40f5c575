#!lua flags=allow-oom
-- Takes a person's last decision back, as long as it is still held.
-- KEYS 1-8  the comment's (see prelude)
-- ARGV 1 version to undo ; 2 JSON of the step (actor, by, reason)
-- Returns {'done', version, state} | {'conflict', state, version} | {'released'} | {'missing'}
local c = load()
if not c then return {'missing'} end
if c.version ~= tonumber(ARGV[1]) then return {'conflict', c.state, int(c.version)} end
if not redis.call('ZSCORE', KEYS[HELD], held_member(c)) then return {'released'} end
local back = redis.call('HMGET', KEYS[COMMENT], 'undo_state', 'undo_decision')
local record = cjson.decode(ARGV[2])
if back[2] and back[2] ~= '' then
  -- The rule that held it is why it is back in the queue, in its old place.
  local old = cjson.decode(back[2])
  for _, name in ipairs({'rule', 'evidence', 'priority', 'policy_version', 'message'}) do
    record[name] = old[name]
  end
  record['reason'] = old['reason']
end
record['state'] = back[1]
redis.call('HDEL', KEYS[COMMENT], 'undo_state', 'undo_decision')
return {'done', int(step(c, back[1], cjson.encode(record), 0)), back[1]}
