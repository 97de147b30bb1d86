-- Says when to look again at names that were claimed. One at which nothing is found is looked at a
-- second time before it leaves the index: who put it there a moment ago need not do so again at once.
-- A name that somebody else has put or claimed meanwhile stays where it is.
--
-- KEYS  the index
-- ARGV  the length of a lease (ms); then for each name: it, the time it was claimed with, and in how
--       many ms to look again, -1 when nothing was found

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

for i = 2, #ARGV, 3 do
  local name, claimed, again = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  if tonumber(redis.call('ZSCORE', KEYS[1], name) or -1) == claimed then
    if again >= 0 then
      redis.call('ZADD', KEYS[1], string.format('%d', now + again), name)
    elseif claimed % 1 == 0 then
      redis.call('ZADD', KEYS[1], string.format('%.1f', now + ARGV[1] + 0.5), name)
    else
      redis.call('ZREM', KEYS[1], name)
    end
  end
end
return (#ARGV - 1) / 3
