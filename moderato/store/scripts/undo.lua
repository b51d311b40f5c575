#!lua flags=allow-oom
-- Takes a person's last decision back, as long as it is still held.
-- KEYS 1-8  the comment's (see prelude) ; 9 reporters ; 10 work stream
-- ARGV 1 version to undo ; 2 JSON of the step (actor, by, reason)
-- Returns {'done', version, state} | {'conflict', state, version} | {'released'} | {'missing'}
local c = load()
if not c then return {'missing'} end
if c.version ~= tonumber(ARGV[1]) then return {'conflict', c.state, int(c.version)} end
if not decisions.held(c) then return {'released'} end
local version, state = decisions.take_back(c, cjson.decode(ARGV[2]), KEYS[9], KEYS[10])
return {'done', int(version), state}
