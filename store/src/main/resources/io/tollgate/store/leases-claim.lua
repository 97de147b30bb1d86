-- Gives out names that are to be looked at, and to nobody else for a moment.
--
-- KEYS  the index
-- ARGV  for how long (ms), the most names
--
-- Returns names, each followed by the time that it has in the index now.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local claimed = {}
local due = redis.call(
  'ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #due, 2 do
  local name, time = due[i], string.format('%.1f', now + ARGV[1] + due[i + 1] % 1)
  redis.call('ZADD', KEYS[1], time, name)
  claimed[i], claimed[i + 1] = name, time
end
return claimed
