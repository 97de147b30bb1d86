-- Takes holds for requests, each on all of its limits or on none.
--
-- ARGV go on with the number of requests, and for each: its id, the number of its limits,
-- and for each limit: the counter's number, what the request is expected to count, the capacity, and 1
-- where the estimate must fit.
--
-- Returns for each request
--   1 and for each limit: window, tokens held for the request, used, held, ms to the window's end;
--     a window of -1 stands for a counter that holds no integer
--   0, the number of the first limit that is spent, used, held, ms to the window's end
--
-- A request that has a hold keeps it. Whether it was settled before is not asked: should an id be
-- admitted again so late, it takes a hold of which nobody hears any more, and whose lease runs out
-- with nothing to bill.

local function take(c, field, tokens)
  start(c)
  local hold = {state = 'held', tokens = tokens, window = c.window, stamp = 0, expiry = now + lease}
  put(c, field, hold)
  c.held = c.held + tokens
  c.earliest = earlier(c.earliest, hold.expiry)
  return hold
end

local function left(c)
  return c.running and c.ends - now or c.length
end

-- What is to be done for one limit: `hold` is what the request has already, `tokens` what it may take.
local function examine(limit, field)
  local c = limit.counter
  if not c.entries then
    read(c)
    look(c)
  end
  if c.broken then
    return
  end
  limit.hold = c.entries[field]
  if not limit.hold then
    local available = limit.capacity - c.used - c.held
    limit.spent = available <= 0 or (limit.strict and available < limit.estimate)
    limit.tokens = math.min(limit.estimate, available)
  end
end

local function admit(request)
  for _, limit in ipairs(request.limits) do
    examine(limit, request.field)
  end
  for place, limit in ipairs(request.limits) do
    if limit.spent then
      local c = limit.counter
      return {0, place, c.used, c.held, left(c)}
    end
  end
  local reply = {1}
  for _, limit in ipairs(request.limits) do
    local c = limit.counter
    local hold = limit.hold
    if limit.tokens then
      hold = take(c, request.field, limit.tokens)
    end
    reply[#reply + 1] = hold and hold.window or -1
    reply[#reply + 1] = hold and hold.tokens or 0
    reply[#reply + 1] = c.used
    reply[#reply + 1] = c.held
    reply[#reply + 1] = left(c)
  end
  return reply
end

local requests = {}
for place = 1, number() do
  local id = argument()
  local request = {field = 'hold:' .. id, limits = {}}
  for limit = 1, number() do
    request.limits[limit] = {
      counter = named(number(), id),
      estimate = number(),
      capacity = number(),
      strict = argument() == '1'
    }
  end
  requests[place] = request
end

local replies = {}
for place, request in ipairs(requests) do
  replies[place] = admit(request)
end
for _, c in ipairs(counters) do
  save(c)
end
return replies
