-- Counts what requests have used and frees their holds. A request that a counter knows as settled
-- changes nothing on it.
--
-- ARGV go on with the number of requests, and for each: its id, how long ago it ended (ms), the
-- number of its holds, and for each hold: the counter's number, the tokens held, the window of the
-- hold, 0 when nothing was held because the store was away, and what the request has used.
--
-- Returns for each request 0, or the number of the first hold whose counter holds no integer: that
-- one is not settled, the others are. Then for each counter what is used, and for how long that counts
-- (ms); 0 and 0 where nothing runs.

local YOUNG = settled_span / 30

-- The settlement of what ended before this may have been forgotten; clocks of nodes may differ.
local known_since = (generation - OLDER_SETTLED) * settled_span + YOUNG

-- Which of the requests that are to be settled were so lately, asked at once for all.
local function settled_lately(c, id)
  if not c.lately then
    local ids = {}
    for i, b in ipairs(c.bills) do
      ids[i] = b.id
    end
    c.lately = {}
    local oldest = math.floor((now - YOUNG) / settled_span)
    for which = generation, oldest, -1 do
      for i, is in ipairs(redis.call('SMISMEMBER', settled_key(c, which), unpack(ids))) do
        c.lately[ids[i]] = c.lately[ids[i]] or is == 1
      end
    end
  end
  return c.lately[id]
end

-- A request that has an entry was not settled before, unless its admission was asked for again and
-- came late: that hold is freed, and pays nothing.
local function settle_hold(c, b, entry)
  drop(c, b.field)
  c.changed = true
  if settled_lately(c, b.id) or (entry.expiry <= now and was_settled(c, b.id)) then
    bill(c, entry, 0)
  else
    bill(c, entry, b.used)
    c.settled[b.id] = true
  end
end

-- One without an entry was settled before; or its lease ran out; or its hold was lost, or never
-- taken. When it ended so long ago that its settlement may be forgotten, its hold was not lost, as a
-- hold stays until it is settled: so it was settled.
local function settle_rest(c, b)
  if was_settled(c, b.id) then
    return
  end
  local entry = unfile(c, b.id)
  if entry or b.window == 0 or b.ended >= known_since then
    if not entry then
      entry = {state = 'lost', tokens = b.tokens, window = window_of_lost(c, b.window)}
    end
    bill(c, entry, b.used)
    c.settled[b.id] = true
    c.changed = true
  end
end

local function settle(c, b)
  local entry = c.entries[b.field]
  if entry then
    settle_hold(c, b, entry)
  else
    settle_rest(c, b)
  end
end

local function settle_all(c)
  for _, b in ipairs(c.bills) do
    settle(c, b)
  end
end

-- Writes what is used now, provided that the counter still says what it said last, and tells
-- whether it does.
local function replaced(c)
  local found = c.kind.exchange(c)
  if found == integer(shown(c.seen)) then
    c.seen = c.used
    return true
  end
  if (c.written or c.used ~= c.seen) and type(found) == 'string' then
    redis.call('SET', c.key, found, 'KEEPTTL')
  end
  return false
end

-- Settles on the word of the hash alone, which saves the look at the counter. The counter is found
-- to be another when it was deleted, expired, or changed by another program.
local function settled_unseen(c)
  if not c.kind.advance(c) or overdue(c) then
    return false
  end
  c.running = true
  settle_all(c)
  return replaced(c)
end

local replies = {}
for request = 1, number() do
  local id, ended = argument(), now - number()
  replies[request] = 0
  for hold = 1, number() do
    local c = named(number(), id)
    c.bills = c.bills or {}
    c.bills[#c.bills + 1] = {
      id = id,
      field = 'hold:' .. id,
      ended = ended,
      tokens = number(),
      window = number(),
      used = number(),
      request = request,
      hold = hold
    }
  end
end

for _, c in ipairs(counters) do
  read(c)
  if not settled_unseen(c) then
    restore(c)
    look(c)
    if c.broken then
      for _, b in ipairs(c.bills) do
        local first = replies[b.request]
        replies[b.request] = first == 0 and b.hold or math.min(first, b.hold)
      end
    else
      settle_all(c)
    end
  end
  save(c)
  local counts = c.running and not c.broken
  replies[#replies + 1] = counts and shown(c.used) or 0
  replies[#replies + 1] = counts and c.kind.left(c) or 0
end
return replies
