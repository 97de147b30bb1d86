-- Keeps holds alive and stamps them with what their requests have used so far. A request whose lease
-- had run out is alive after all: what it was billed is given back and held again. So is one of which
-- the store knows nothing, because it was away or has lost its data, unless it was settled.
--
-- ARGV go on with the number of requests, and for each: its id, the number of its holds, and for
-- each hold: the counter's number, the tokens held, the window of the hold, as at settlement, and what
-- the request has used so far.
--
-- Returns for each hold of each request how much is counted on its counter, held included; -1 where
-- that holds no integer.

local function live(c, s)
  local hold = c.entries[s.field]
  return hold and hold.state == 'held' and hold
end

local function stamp(c, s, hold)
  hold.stamp = math.max(hold.stamp, s.used)
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

-- A window in which all holds live is not looked at: its hash knows when it ends.
local function needs_look(c)
  if c.kind ~= FIXED then
    return true
  end
  for _, s in ipairs(c.stamps) do
    if not live(c, s) then
      return true
    end
  end
  return false
end

local function renew(c)
  read(c)
  local looked = needs_look(c)
  if looked then
    look(c)
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
  if c.broken then
    return -1
  end
  return (c.running or (not looked and c.ends > now)) and c.used + c.held or 0
end

local places = {}
for _ = 1, number() do
  local id = argument()
  for _ = 1, number() do
    local c = named(number(), id)
    c.stamps = c.stamps or {}
    c.stamps[#c.stamps + 1] = {
      id = id,
      field = 'hold:' .. id,
      tokens = number(),
      window = number(),
      used = number()
    }
    places[#places + 1] = c
  end
end

for _, c in ipairs(counters) do
  c.counted = renew(c)
end
for place, c in ipairs(places) do
  places[place] = c.counted
end
return places
