-- Renews the leases of entries that are still mine.
-- KEYS 1 stream
-- ARGV 1 group, 2 consumer, then pairs of entry id, times delivered
-- Returns the ids that are still mine.
local mine = {}
for i = 3, #ARGV, 2 do
  if still_mine(KEYS[1], ARGV[1], ARGV[2], ARGV[i], ARGV[i + 1]) then
    -- JUSTID resets the idle time without counting a delivery.
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    mine[#mine + 1] = ARGV[i]
  end
end
return mine
