-- Puts names into an index of what has leases, to be looked at when a lease that begins now would run
-- out. What is there already keeps its time, as some lease may run out earlier.
--
-- KEYS  the index: a sorted set of names by the time (ms) to look at them; half a millisecond behind
--       it marks those at which nothing was found last time
-- ARGV  the length of a lease and how long to keep the index (ms), then the names

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

for i = 3, #ARGV do
  local due = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if not due or due % 1 > 0 then
    redis.call('ZADD', KEYS[1], string.format('%d', now + ARGV[1]), ARGV[i])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return #ARGV - 2
