-- Keeps holds alive and stamps them with what their requests have used so far. What is not held any
-- more stays as it is.
--
-- ARGV go on with the number of requests, and for each: its id, the tokens so far, the number of its
-- holds, and each hold's counter by number.
--
-- Returns how many holds live on.

local renewed = 0
for _ = 1, number() do
  local id, stamp = argument(), number()
  for _ = 1, number() do
    local c = named(number())
    local hold = hold_of(c, id)
    if hold and hold.state == 'held' then
      hold.stamp = math.max(hold.stamp, stamp)
      keep(c, id, hold, now + lease)
      c.renewed = true
      renewed = renewed + 1
    end
  end
end
save()
return renewed
