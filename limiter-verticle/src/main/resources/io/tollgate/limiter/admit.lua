-- Takes holds for requests, each on all of its limits or on none.
--
-- ARGV go on with the number of requests, and for each: its id, the number of its limits,
-- and for each limit: the counter's number, how much the request is to hold at most, the capacity, how
-- much must be left at least, 0 for a limit that refuses nobody, and its penalty, which may be empty.
--
-- Returns for each request
--   1 and for each limit: window, tokens held for the request, used, held, ms until nothing counts any
--     more; a window of -1 stands for a counter that holds no integer
--   0, the number of the first limit with a penalty that lasts, or else of the first that is spent, used,
--     held, ms until a request can pass, until nothing counts any more, and how long a penalty lasts
--
-- A request that has a hold keeps it. Whether it was settled before is not asked: should an id be
-- admitted again so late, it takes a hold of which nobody hears any more, and whose lease runs out
-- with nothing to bill.

local function take(c, field, tokens)
  start(c)
  local window = c.kind.window(c)
  local hold = {state = 'held', tokens = tokens, window = window, stamp = 0, expiry = now + lease}
  put(c, field, hold)
  c.kind.hold(c, tokens, window)
  c.earliest = earlier(c.earliest, hold.expiry)
  return hold
end

-- What is to be done for one limit: `hold` is what the request has already, `tokens` what it may take.
local function examine(limit, field)
  local c = limit.counter
  if not c.entries then
    read(c)
    look(c)
    if not c.broken then
      adopt(c)
    end
  end
  if c.broken then
    return
  end
  limit.hold = c.entries[field]
  if not limit.hold then
    local available = limit.capacity - c.used - c.held
    limit.spent = limit.need > 0 and available < limit.need
    limit.tokens = math.max(0, math.min(limit.estimate, available))
  end
end

-- Of holds that run off, what has done so is neither used nor held; nor is less than nothing, where
-- another program has lowered what was billed and is given back.
local function standing(c)
  return shown(c.used), math.max(0, c.held + math.min(0, c.used))
end

local function refusal(place, limit)
  local c = limit.counter
  local used, held = standing(c)
  -- What never fits passes as little when nothing counts.
  local most = math.max(0, limit.capacity - limit.need)
  local penalty = limit.penalty and penalty_left(c) or 0
  local wait = limit.spent and c.kind.wait(c, most) or 0
  return {0, place, used, held, math.max(wait, penalty), c.kind.left(c), penalty}
end

-- Where holds alone are in the way the request will be looked at again before it is refused.
local function counts_as_refusal(limit)
  return limit.penalty and limit.capacity - shown(limit.counter.used) < limit.need
end

local function admit(request)
  for place, limit in ipairs(request.limits) do
    examine(limit, request.field)
    if limit.penalty and limit.tokens and penalty_left(limit.counter) > 0 then
      refused(limit.counter, limit.penalty)
      return refusal(place, limit)
    end
  end
  for place, limit in ipairs(request.limits) do
    if limit.spent then
      if counts_as_refusal(limit) then
        refused(limit.counter, limit.penalty)
      end
      return refusal(place, limit)
    end
  end
  local reply = {1}
  for _, limit in ipairs(request.limits) do
    local c = limit.counter
    local hold = limit.hold
    if limit.tokens then
      hold = take(c, request.field, limit.tokens)
    end
    local used, held = 0, 0
    if hold then
      used, held = standing(c)
    end
    reply[#reply + 1] = hold and hold.window or -1
    reply[#reply + 1] = hold and hold.tokens or 0
    reply[#reply + 1] = used
    reply[#reply + 1] = held
    reply[#reply + 1] = hold and c.kind.left(c) or 0
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
      need = number(),
      penalty = penalty_terms(argument())
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
