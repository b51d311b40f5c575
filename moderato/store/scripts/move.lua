#!lua flags=allow-oom
-- Escalates, holds or returns a flagged comment: it stays flagged and changes its queue.
-- KEYS 1-8  the comment's (see prelude)
-- ARGV 1 version seen ; 2 place after: escalated, held or flagged ; 3 JSON of the step
--      4 '1' where an editor asks
-- Returns {'done', version} | {'conflict', state, version} | {'missing'}
--      | {'escalated'} it waits for an editor; only who escalated it may take it back
local c = load()
if not c then return {'missing'} end
if c.version ~= tonumber(ARGV[1]) or c.state ~= 'flagged' then
  return {'conflict', c.state, int(c.version)}
end
local record = cjson.decode(ARGV[3])
if c.place == 'escalated' and ARGV[4] ~= '1' then
  local last = cjson.decode(c.decision)
  local mine = last['step'] == 'escalate' and last['by'] == record['by']
  if not (mine and record['step'] == 'return') then return {'escalated'} end
end
return {'done', int(decisions.move(c, record, ARGV[2]))}
