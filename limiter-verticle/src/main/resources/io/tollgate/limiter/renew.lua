-- Keeps holds alive and stamps them with what their requests have used so far. What is not held any
-- more stays as it is. As leases only grow, no expiry comes before the earliest one known.
--
-- ARGV go on with the number of requests, and for each: its id, the tokens so far, the number of its
-- holds, and each hold's counter by number.
--
-- Returns how many holds live on.

local stamps = {}
for _ = 1, number() do
  local id, tokens = argument(), number()
  for _ = 1, number() do
    stamps[#stamps + 1] = {counter = named(number(), id), field = 'hold:' .. id, tokens = tokens}
  end
end

for _, c in ipairs(counters) do
  read(c)
end
local renewed = 0
for _, stamp in ipairs(stamps) do
  local c = stamp.counter
  local hold = c.entries[stamp.field]
  if hold and hold.state == 'held' then
    hold.stamp = math.max(hold.stamp, stamp.tokens)
    hold.expiry = now + lease
    put(c, stamp.field, hold)
    renewed = renewed + 1
  end
end
for _, c in ipairs(counters) do
  save(c)
end
return renewed
