-- Keeps holds alive and stamps them with what their requests have used so far. A request whose lease
-- had run out is alive after all: what it was billed is given back and held again. So is one of which
-- the store knows nothing, because it was away or has lost its data, unless it was settled.
--
-- ARGV go on with the number of requests, and for each: its id, the number of its holds, and for
-- each hold: the counter's number, the tokens held, the window of the hold, as at settlement, and what
-- the request has used so far.
--
-- Returns for each hold of each request how much is counted on its counter, all that is held included,
-- and of the hold itself what the request was told; -2^53 where the counter holds no integer.

local function live(c, s)
  local hold = c.entries[s.field]
  return hold and hold.state == 'held' and hold
end

-- What has used more than it holds, holds that much.
local function stamp(c, s, hold)
  hold.stamp = math.max(hold.stamp, s.used)
  if hold.stamp > hold.tokens and is_current(c, hold) then
    c.kind.hold(c, hold.stamp - hold.tokens, hold.window)
    hold.tokens = hold.stamp
  end
  hold.expiry = now + lease
  c.earliest = earlier(c.earliest, hold.expiry)
  put(c, s.field, hold)
end

-- One that passed while the store was away has its window now.
local function lost(c, s)
  if s.window == 0 then
    start(c)
  end
  local window = s.window == 0 and c.kind.window(c) or window_of_lost(c, s.window)
  return {state = 'lost', tokens = s.tokens, window = window, stamp = 0}
end

-- In a window that has ended nothing is held; what was billed there stays so.
local function revive(c, s)
  local last = c.entries[s.field]
  if not last then
    if was_settled(c, s.id) then
      return
    end
    last = unfile(c, s.id) or lost(c, s)
  end
  local hold = {state = 'held', tokens = last.tokens, window = last.window, stamp = last.stamp}
  if is_current(c, last) then
    if last.state == 'billed' then
      charge(c, -last.tokens, last.window)
    end
    hold.tokens = s.tokens
    c.kind.hold(c, hold.tokens, last.window)
    c.changed = true
  end
  stamp(c, s, hold)
end

-- A window in which all holds live and suffice is not looked at: its hash knows when it ends.
local function needs_look(c)
  if c.kind ~= FIXED then
    return true
  end
  for _, s in ipairs(c.stamps) do
    local hold = live(c, s)
    if not hold or s.used > hold.tokens then
      return true
    end
  end
  return false
end

local function renew(c)
  read(c)
  if needs_look(c) then
    look(c)
  else
    c.running = c.kind.advance(c)
  end
  for _, s in ipairs(c.stamps) do
    local hold = live(c, s)
    if hold then
      stamp(c, s, hold)
    elseif not c.broken then
      revive(c, s)
    end
  end
  save(c)
end

-- How much is counted, as the request sees it.
local function counted(c, s)
  if c.broken then
    return -LARGEST
  elseif not c.running then
    return 0
  end
  local hold = live(c, s)
  local own = hold and is_current(c, hold) and hold.tokens - s.tokens or 0
  return c.used + c.held - own
end

local places = {}
for _ = 1, number() do
  local id = argument()
  for _ = 1, number() do
    local c = named(number(), id)
    local s = {
      id = id,
      field = 'hold:' .. id,
      tokens = number(),
      window = number(),
      used = number()
    }
    c.stamps = c.stamps or {}
    c.stamps[#c.stamps + 1] = s
    places[#places + 1] = {c, s}
  end
end

for _, c in ipairs(counters) do
  renew(c)
end
for at, place in ipairs(places) do
  places[at] = counted(place[1], place[2])
end
return places
