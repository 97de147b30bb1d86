-- What the limiter's scripts share: counters and the holds on them. Each counter is read once and
-- written once for a whole call, however many requests go by it.
--
-- The counter is a plain integer of tokens used; its time to live is how long that counts.
-- The holds are a hash. `hold:<request id>` is `<state> <tokens> <window> <stamp> <expiry>`:
--   held    the tokens are held; the stamp is what the request has used so far; the expiry (ms) is
--           when its lease runs out
--   billed  its lease ran out; the tokens are what it has been billed for; the expiry is when it
--           moves to `{<counter>}:billed:<generation>`, so that a look at all holds stays short
-- `state` is `<window> <ends> <held> <used> <next> <kept> <generation>` and what its shape keeps: since
-- when holds count, when what runs ends (ms, 0 once it is seen to have ended), what is held in it, what
-- the counter said when it was last seen, a time that no expiry is before (0 when there is none), until
-- when the hash is kept, and the last generation of settled ids that was begun. The shape is that of
-- the last admission: everything goes by it, and by the shape that is asked for where there is none.
-- The ids of settled requests are in a set for each generation, `{<counter>}:settled:<generation>`;
-- billed holds are in hashes, `<request id>` to `<tokens> <window>`.
-- Of what has ended only overruns count, in what runs now.

local OLDER_SETTLED = 2
local OLDER_BILLED = 7
local MOST_LEASES = 100
local LEASES_BILLED_STAYS = 8
local NO_STATE = '0 0 0 0 0 0 0'

local counters = {}

-- The i-th counter, about which a request may ask. All have to be named before the first is read.
local function named(i, id)
  local c = counters[i]
  if not c then
    c = {
      key = KEYS[2 * i - 1],
      holds = KEYS[2 * i],
      shape = ARGV[4 + i],
      fields = {'state'}
    }
    counters[i] = c
  end
  if id then
    c.fields[#c.fields + 1] = 'hold:' .. id
  end
  return c
end

local function parsed(text)
  local state, tokens, window, stamp, expiry =
    string.match(text, '^(%a+) (%d+) (%d+) (%d+) (%d+)$')
  return state and {
    state = state,
    tokens = tonumber(tokens),
    window = tonumber(window),
    stamp = tonumber(stamp),
    expiry = tonumber(expiry)
  }
end

-- How it is counted: as at the last admission. Only one that nothing is known of counts as is asked.
local function restore_shape(c, rest)
  c.asked = tonumber(c.shape) and FIXED or KINDS[string.sub(c.shape, 1, 1)]
  if rest ~= '' then
    c.kind = KINDS[string.sub(rest, 2, 2)]
  else
    c.kind = c.window > 0 and FIXED or c.asked
  end
  if c.kind == c.asked then
    c.kind.ask(c, c.shape)
  elseif c.kind == FIXED then
    c.length = numbers(c.shape)[c.asked == BUCKET and 2 or 1]
  end
  if rest ~= '' then
    c.kind.restore(c, rest)
  end
end

-- Sets the counter to what its hash says, without what this call has changed.
local function restore(c)
  local window, ends, held, used, earliest, kept, begun, rest = string.match(
    c.reply[1] or NO_STATE, '^(%d+) (%d+) (%-?%d+) (%-?%d+) (%d+) (%d+) (%d+)(.*)$')
  c.window = tonumber(window) or 0
  c.ends = tonumber(ends) or 0
  c.held = tonumber(held) or 0
  c.used = tonumber(used) or 0
  c.seen = c.used
  c.earliest = tonumber(earliest) or 0
  c.kept = tonumber(kept) or 0
  c.generation = tonumber(begun) or 0
  c.running = false
  c.starts = false
  c.written = false
  restore_shape(c, rest or '')
  c.entries = {}
  for place = 2, #c.fields do
    local text = c.reply[place]
    if text then
      c.entries[c.fields[place]] = parsed(text)
    end
  end
  c.put = {}
  c.dropped = {}
  c.settled = {}
  c.filed = {}
  c.unfiled = {}
  c.changed = false
end

local function read(c)
  c.reply = redis.call('HMGET', c.holds, unpack(c.fields))
  restore(c)
end

local function earlier(earliest, expiry)
  return earliest == 0 and expiry or math.min(earliest, expiry)
end

-- Some lease may have run out.
local function overdue(c)
  return c.earliest > 0 and c.earliest <= now
end

local function put(c, field, hold)
  c.entries[field] = hold
  c.put[field] = true
  c.changed = true
end

local function drop(c, field)
  c.entries[field] = nil
  c.dropped[#c.dropped + 1] = field
  c.changed = true
end

local function begin(c, from)
  c.running = true
  c.starts = true
  c.kind.begin(c, from)
  c.changed = true
end

-- Begins to count unless something runs.
local function start(c)
  if not c.running then
    renumber(c)
    begin(c, now)
  end
end

-- The window that a hold counts in of which the counter knows nothing; 0 when that has ended. One that
-- can't have ended yet was lost with the hold, as a failover loses the last writes: it goes on, or what
-- has begun since stands in for it.
local function window_of_lost(c, window)
  if window == 0 or c.kind.over(c, window) then
    return 0
  end
  if not c.running then
    c.window = window
    begin(c, window)
  end
  return math.max(window, c.window)
end

local function charge(c, tokens, window)
  if tokens ~= 0 then
    start(c)
    c.kind.charge(c, tokens, window)
    c.changed = true
  end
end

local function is_current(c, hold)
  return c.running and hold.window >= c.window
end

-- Counts what the holder of a hold has used, and frees what it held. Returns what the hold has counted
-- in all; where `whole`, no part of a token is left out of that.
local function bill(c, hold, tokens, whole)
  if not is_current(c, hold) then
    charge(c, math.max(0, tokens - hold.tokens))
    return math.max(tokens, hold.tokens)
  end
  c.changed = true
  if hold.state == 'lost' then
    charge(c, tokens, hold.window)
    return tokens
  end
  if hold.state == 'held' then
    c.kind.hold(c, -hold.tokens, hold.window)
  end
  return c.kind.count(c, hold, tokens, hold.state == 'billed' and hold.tokens or 0, whole)
end

local function settled_key(c, which)
  return '{' .. c.key .. '}:settled:' .. integer(which)
end

local function was_settled(c, id)
  if c.settled[id] then
    return true
  end
  for which = generation, generation - OLDER_SETTLED, -1 do
    if redis.call('SISMEMBER', settled_key(c, which), id) == 1 then
      return true
    end
  end
  return false
end

local function billed_key(c, which)
  return '{' .. c.key .. '}:billed:' .. integer(which)
end

-- Takes out what a request was billed whose lease ran out some time ago.
local function unfile(c, id)
  local just_filed = c.filed[id]
  if just_filed then
    c.filed[id] = nil
    return just_filed
  end
  local newest = math.floor(now / billed_span)
  for which = newest, newest - OLDER_BILLED, -1 do
    local key = billed_key(c, which)
    local tokens, window = string.match(redis.call('HGET', key, id) or '', '^(%d+) (%d+)$')
    if tokens then
      c.unfiled[#c.unfiled + 1] = {key, id}
      tokens = tonumber(tokens)
      return {state = 'billed', tokens = tokens, window = tonumber(window), stamp = tokens}
    end
  end
end

-- Bills a hold whose lease has run out at its last stamp. One of a request that was settled before
-- comes from an admission that was repeated late: it is freed, and leaves nothing.
local function expire(c, field, hold)
  if was_settled(c, string.sub(field, 6)) then
    bill(c, hold, 0)
    drop(c, field)
    return nil
  end
  hold.tokens = bill(c, hold, hold.stamp, true)
  hold.state = 'billed'
  hold.expiry = now + LEASES_BILLED_STAYS * lease
  put(c, field, hold)
  return hold
end

-- Looks at all entries for those that have run out. Few are dealt with at a time, as the script has
-- to stay short: the others keep the earliest expiry in the past, and their turn is next.
local function reap(c)
  local all = redis.call('HGETALL', c.holds)
  local due = MOST_LEASES
  c.earliest = 0
  c.changed = true
  for place = 1, #all, 2 do
    local field = all[place]
    local hold = field ~= 'state' and parsed(all[place + 1])
    c.entries[field] = hold
    if hold and hold.expiry <= now and due > 0 then
      due = due - 1
      if hold.state == 'held' then
        hold = expire(c, field, hold)
      else
        c.filed[string.sub(field, 6)] = hold
        drop(c, field)
        hold = nil
      end
    end
    if hold then
      c.earliest = earlier(c.earliest, hold.expiry)
    end
  end
end

local function as_number(text)
  local digits = type(text) == 'string' and (text == '0' or string.match(text, '^%-?[1-9]%d*$'))
  local value = digits and tonumber(text)
  return value and math.abs(value) <= LARGEST and value
end

-- Looks at the counter itself, which anyone may have changed since its hash was written. It is
-- `broken` when its key holds no integer.
local function look(c)
  local text = redis.pcall('GET', c.key)
  local used = text and as_number(text)
  if used then
    c.kind.resume(c, used, used ~= shown(c.used), c.ends, c.held)
  elseif text then
    c.broken = true
    if redis.call('PTTL', c.key) == -1 then
      redis.call('PEXPIRE', c.key, c.length)
    end
    return
  elseif c.kind.keyless then
    c.kind.resume(c, 0, false, c.ends, c.held)
  else
    -- That its window has ended is to be remembered, should another program write the key.
    c.changed = c.changed or c.ends > 0
    finish(c)
  end
  if overdue(c) then
    reap(c)
  end
end

-- Counts from now on as the call asks for, keeping what is used.
local function adopt(c)
  local from = c.kind
  if from ~= c.asked then
    c.kind = c.asked
    c.kind.ask(c, c.shape)
  end
  c.kind.adopt(c, from, c.shape)
end

local function save_settled(c)
  local ids = {}
  for id in pairs(c.settled) do
    ids[#ids + 1] = id
  end
  if #ids > 0 then
    local key = settled_key(c, generation)
    redis.call('SADD', key, unpack(ids))
    if c.generation ~= generation then
      -- Long enough to be asked in the last moment of the last generation that asks it.
      redis.call('PEXPIRE', key, (OLDER_SETTLED + 1) * settled_span)
      c.generation = generation
    end
  end
end

local function save_billed(c)
  for _, place in ipairs(c.unfiled) do
    redis.call('HDEL', place[1], place[2])
  end
  local filed = {}
  for id, hold in pairs(c.filed) do
    filed[#filed + 1] = id
    filed[#filed + 1] = integer(hold.tokens) .. ' ' .. integer(hold.window)
  end
  if #filed > 0 then
    local key = billed_key(c, math.floor(now / billed_span))
    redis.call('HSET', key, unpack(filed))
    redis.call('PEXPIRE', key, (OLDER_BILLED + 1) * billed_span)
  end
end

-- Holds are kept until they can be billed, should all nodes be away for days; a hash without holds not
-- as long. How long is said seldom.
local function keep(c)
  local least = c.length + (c.idle and settled_span or OLDER_BILLED * billed_span)
  if c.kept < now + least or (c.idle and c.kept > now + 2 * least) then
    c.kept = now + 2 * least
    return 2 * least
  end
end

local function save_holds(c)
  if #c.dropped > 0 then
    redis.call('HDEL', c.holds, unpack(c.dropped))
  end
  local kept = keep(c)
  local values = {'state', string.format('%d %d %d %d %d %d %d',
    c.window, c.ends, c.held, c.used, c.earliest, c.kept, c.generation) .. c.kind.text(c)}
  for field in pairs(c.put) do
    local hold = c.entries[field]
    if hold then
      values[#values + 1] = field
      values[#values + 1] = string.format('%s %d %d %d %d',
        hold.state, hold.tokens, hold.window, hold.stamp, hold.expiry)
    end
  end
  redis.call('HSET', c.holds, unpack(values))
  if kept then
    redis.call('PEXPIRE', c.holds, kept)
  end
end

-- Writes back what has changed. Nothing of ours is left without a time to live.
local function save(c)
  if c.changed and not c.broken then
    c.kind.save(c)
    save_settled(c)
    save_billed(c)
    save_holds(c)
  end
end

