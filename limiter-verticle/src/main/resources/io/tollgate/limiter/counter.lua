-- What the limiter's scripts share: counters and the holds on them.
--
-- KEYS are four for each counter: the counter, its holds, its leases, its settled ids.
-- ARGV begin with the lease in ms, the number of counters, and each one's window length in ms.
--
-- The counter is a plain integer of tokens used; its time to live is the rest of its window.
-- The holds are a hash: `window` is the id of the last window, `ends` when it ends (ms, 0 once it is
-- seen to have ended), `held` the sum of what is held in it, and `hold:<request id>` is
-- `<state> <tokens> <window> <stamp>`:
--   held    the tokens are held; the stamp is what the request has used so far
--   billed  its lease ran out; the tokens are what it has been billed for
-- The leases are request ids by the time (ms) when their entry in the holds runs out.
-- Of a window that has ended only overruns count, in the window that runs now.

local HOUR = 3600000
local LARGEST = 2 ^ 53

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local lease = tonumber(ARGV[1])
local position = 2 + tonumber(ARGV[2])

local function argument()
  position = position + 1
  return ARGV[position]
end

local function number()
  return tonumber(argument())
end

local function hold_of(c, id)
  local text = redis.call('HGET', c.holds, 'hold:' .. id)
  if not text then
    return nil
  end
  local state, tokens, window, stamp = string.match(text, '^(%a+) (%d+) (%d+) (%d+)$')
  return {
    state = state,
    tokens = tonumber(tokens),
    window = tonumber(window),
    stamp = tonumber(stamp)
  }
end

local function keep(c, id, hold, runs_out)
  local text = string.format('%s %.0f %.0f %.0f', hold.state, hold.tokens, hold.window, hold.stamp)
  redis.call('HSET', c.holds, 'hold:' .. id, text)
  redis.call('ZADD', c.leases, runs_out, id)
end

local function forget(c, id)
  redis.call('HDEL', c.holds, 'hold:' .. id)
  redis.call('ZREM', c.leases, id)
end

-- Begins a window unless one runs.
local function start(c)
  if not c.running then
    redis.call('SET', c.key, 0, 'PX', c.length)
    c.running = true
    c.window = math.max(c.window + 1, now)
    c.ends = now + c.length
    c.changed = true
    c.renewed = true
  end
end

local function charge(c, tokens)
  if tokens ~= 0 then
    start(c)
    redis.call('INCRBY', c.key, string.format('%.0f', tokens))
    c.used = c.used + tokens
  end
end

-- Counts what the holder of a hold has used, and frees what it held.
local function bill(c, hold, tokens)
  local current = c.running and hold.window == c.window
  if hold.state == 'billed' then
    local rest = tokens - hold.tokens
    charge(c, current and rest or math.max(0, rest))
  elseif current then
    if hold.state == 'held' then
      c.held = c.held - hold.tokens
      c.changed = true
    end
    charge(c, tokens)
  else
    charge(c, math.max(0, tokens - hold.tokens))
  end
end

-- Bills holds whose lease has run out at their last stamp. A few at a time: the script stays short.
local function reap(c)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', c.leases, '-inf', now, 'LIMIT', 0, 100)) do
    local hold = hold_of(c, id)
    if hold and hold.state == 'held' then
      bill(c, hold, hold.stamp)
      if c.running and hold.window == c.window then
        hold.tokens = hold.stamp
      else
        hold.tokens = math.max(hold.tokens, hold.stamp)
      end
      hold.state = 'billed'
      keep(c, id, hold, now + c.length + HOUR)
    else
      forget(c, id)
    end
  end
end

local counters = {}

-- The names of the i-th counter's keys, without reading them.
local function named(i)
  counters[i] = counters[i] or {
    key = KEYS[4 * i - 3],
    holds = KEYS[4 * i - 2],
    leases = KEYS[4 * i - 1],
    settled = KEYS[4 * i],
    length = tonumber(ARGV[2 + i])
  }
  return counters[i]
end

-- Reads a counter whose key exists. It is `broken` when the key holds no integer.
local function resume(c, text, ends, held)
  local left = redis.call('PTTL', c.key)
  if left == -1 then
    -- Another program has written it without a time to live.
    left = ends > now and math.min(ends - now, c.length) or c.length
    redis.call('PEXPIRE', c.key, left)
  end
  local digits = type(text) == 'string' and string.match(text, '^%-?%d+$')
  if not digits or math.abs(tonumber(digits)) > LARGEST then
    c.broken = true
    return
  end
  c.used = tonumber(digits)
  c.running = true
  c.ends = now + left
  if c.window > 0 and c.ends <= ends + 500 then
    c.held = held
  else
    -- Another program has begun this window; one of ours cannot end so much later.
    c.window = math.max(c.window + 1, now)
  end
end

-- The i-th counter as it stands now.
local function opened(i)
  local c = named(i)
  if c.opened then
    return c
  end
  c.opened = true
  local state = redis.call('HMGET', c.holds, 'window', 'ends', 'held')
  local ends = tonumber(state[2]) or 0
  c.window = tonumber(state[1]) or 0
  c.ends = 0
  c.used = 0
  c.held = 0
  local text = redis.pcall('GET', c.key)
  if text then
    resume(c, text, ends, tonumber(state[3]) or 0)
  else
    -- That its window has ended is to be remembered, should another program write the key.
    c.changed = ends > 0
  end
  if not c.broken then
    reap(c)
  end
  return c
end

-- Writes back what has changed. Nothing is left without a time to live: the holds and the leases get
-- theirs in each window anew, and whenever they are renewed.
local function save()
  for _, c in pairs(counters) do
    if c.changed then
      redis.call('HSET', c.holds,
        'window', string.format('%.0f', c.window),
        'ends', string.format('%.0f', c.ends),
        'held', string.format('%.0f', c.held))
    end
    if c.renewed then
      redis.call('PEXPIRE', c.holds, c.length + HOUR)
      redis.call('PEXPIRE', c.leases, c.length + HOUR)
    end
    if c.settles then
      redis.call('ZREMRANGEBYSCORE', c.settled, '-inf', now - HOUR)
      redis.call('PEXPIRE', c.settled, HOUR)
    end
  end
end

