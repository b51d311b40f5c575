-- Which comments may say nearly the same as one.
-- KEYS 1 the site's key of alikes.lua
-- ARGV 1 how many days to look back ; 2 how many ids at most ; 3.. its bands
-- Returns ids, those that share most bands first; its own is one of them
local bands, some = {}, {}
for i = 3, #ARGV do bands[#bands + 1] = ARGV[i] end
if #bands == 0 then return {} end
local ids = alikes.find(KEYS[1], bands, now_ms(), tonumber(ARGV[1]))
for i = 1, math.min(#ids, tonumber(ARGV[2])) do some[i] = ids[i] end
return some
