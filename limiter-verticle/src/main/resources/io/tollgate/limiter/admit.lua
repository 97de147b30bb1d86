-- Takes holds for requests, each on all of its limits or on none.
--
-- ARGV go on with the number of requests, and for each: its id, its estimate, the number of its
-- limits, and for each limit: the counter's number, the capacity, and 1 where the estimate must fit.
--
-- Returns for each request
--   1 and for each limit: window, tokens held for the request, used, held, ms to the window's end;
--     a window of -1 stands for a counter that holds no integer, 0 for a request settled before
--   0, the number of the first limit that is spent, used, held, ms to the window's end

local function take(c, id, tokens)
  start(c)
  local hold = {state = 'held', tokens = tokens, window = c.window, stamp = 0}
  keep(c, id, hold, now + lease)
  -- Where nothing is held there may be no leases yet.
  c.renewed = c.renewed or c.held == 0
  c.held = c.held + tokens
  c.changed = true
  return hold
end

local function left(c)
  return c.running and c.ends - now or c.length
end

-- What is to be done for one limit: `hold` is what a request has already, `tokens` what it may take.
local function examine(id, estimate)
  local limit = {counter = opened(number()), capacity = number(), strict = argument() == '1'}
  local c = limit.counter
  if c.broken then
    return limit
  end
  limit.hold = hold_of(c, id)
  if limit.hold or redis.call('ZSCORE', c.settled, id) then
    return limit
  end
  local available = limit.capacity - c.used - c.held
  limit.spent = available <= 0 or (limit.strict and available < estimate)
  limit.tokens = math.min(estimate, available)
  return limit
end

local function admit(id, limits)
  for place, limit in ipairs(limits) do
    if limit.spent then
      local c = limit.counter
      return {0, place, c.used, c.held, left(c)}
    end
  end
  local reply = {1}
  for _, limit in ipairs(limits) do
    local c = limit.counter
    local hold = limit.hold
    if limit.tokens then
      hold = take(c, id, limit.tokens)
    end
    reply[#reply + 1] = hold and hold.window or c.broken and -1 or 0
    reply[#reply + 1] = hold and hold.tokens or 0
    reply[#reply + 1] = c.used or 0
    reply[#reply + 1] = c.held or 0
    reply[#reply + 1] = left(c)
  end
  return reply
end

local replies = {}
for request = 1, number() do
  local id, estimate = argument(), number()
  local limits = {}
  for limit = 1, number() do
    limits[limit] = examine(id, estimate)
  end
  replies[request] = admit(id, limits)
end
save()
return replies
