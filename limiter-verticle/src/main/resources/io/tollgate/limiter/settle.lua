-- Counts what requests have used and frees their holds. A request that a counter knows as settled
-- changes nothing on it.
--
-- ARGV go on with the number of requests, and for each: its id, the tokens it has used, the number
-- of its holds, and for each hold: the counter's number, the tokens held, and the window of the
-- hold, 0 when nothing was held because the store was away.
--
-- Returns for each request 0, or the number of the first hold whose counter holds no integer: that
-- one is not settled, the others are.

local function settle(c, id, used, tokens, window)
  c.settles = true
  if redis.call('ZADD', c.settled, 'NX', now, id) == 0 then
    return
  end
  local hold = hold_of(c, id)
  if hold then
    bill(c, hold, used)
    forget(c, id)
  else
    bill(c, {state = 'lost', tokens = tokens, window = window}, used)
  end
end

local replies = {}
for request = 1, number() do
  local id, used = argument(), number()
  replies[request] = 0
  for hold = 1, number() do
    local c, tokens, window = opened(number()), number(), number()
    if not c.broken then
      settle(c, id, used, tokens, window)
    elseif replies[request] == 0 then
      replies[request] = hold
    end
  end
end
save()
return replies
