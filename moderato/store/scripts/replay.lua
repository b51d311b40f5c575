-- Puts a dead letter back to work.
-- KEYS 1 dead letters ; 2 work stream ; 3 the site's queue of dead letters
-- ARGV 1 dead letter id
-- Returns {'replayed', site, comment id} | {'missing'}
local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #found == 0 then return {'missing'} end
local letter = {}
for i = 1, #found[1][2], 2 do letter[found[1][2][i]] = found[1][2][i + 1] end
redis.call('XADD', KEYS[2], '*', 'site', letter['site'], 'id', letter['id'], 'step', 'rescore')
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. letter['id'])
return {'replayed', letter['site'], letter['id']}
