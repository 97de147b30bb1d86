-- How counters count over time, the same questions for each shape.
--
-- What a counter counts is its `used`, and beside it `held`, the sum of the holds that count in what
-- runs now. A hold counts as long as something `running` has begun no later than its `window`: the
-- window's id, or the time the hold was taken at.
--
-- Shapes as they are asked for, all times in ms:
--   <length>                              a window of this length from its first use
--   k<length>:<start>:<next>:<after it>   a window that ends with a calendar's: about now, as the
--                                         asking node sees it
--   s<period>:<slice>                     a sliding window
--   b<amount>:<period>:<burst>            a bucket; of what is used `amount` runs off in each period
--   c                                     what is in progress, and nothing after that
-- As they are kept behind a counter's state (windows keep nothing):
--   s <period> <slice> <since> and for each slice its number, what is used and what is held in it
--   b <at> <carry> <amount> <period> <length> <since>: how it was at a time; so many parts of `period`
--     of a token have run off beyond it
-- What was held before a counter got its shape counts as if it was taken when it did: `since` then.
--   c

local FIXED = {}

-- Redis makes all functions of a script anew for each call, and most calls meet fixed windows alone:
-- those of the other shapes are made when they are first asked for.
local function made_when_asked(make)
  return setmetatable({}, {
    __index = function(shape, question)
      setmetatable(shape, nil)
      make(shape)
      return shape[question]
    end
  })
end

-- Nothing runs any more: what is held belongs to something that has ended.
local function finish(c)
  c.running = false
  c.ends = 0
  c.used = 0
  c.held = 0
  c.seen = 0
  c.slices = {}
end

-- What the counter's key says: of holds that run off, what is used is less than nothing.
local function shown(used)
  return math.max(0, used)
end

-- For which the key lives on, in ms.
local function rest(c)
  return integer(math.max(1, c.ends - now))
end

local function write(c)
  redis.call('SET', c.key, integer(shown(c.used)), 'PX', rest(c))
end

-- Writes the key of a shape that lives as long as something is counted, and returns what it said.
local function exchange(c)
  c.ends = now + c.kind.left(c)
  c.written = true
  return redis.pcall('SET', c.key, integer(shown(c.used)), 'XX', 'PX', rest(c), 'GET')
end

local function save(c)
  if c.running and not c.written then
    c.ends = now + c.kind.left(c)
    write(c)
  elseif c.ends == 0 then
    -- Or it would be taken for another program's.
    redis.call('DEL', c.key)
  end
end

-- What is held begins to count after all that was held before.
local function renumber(c)
  c.window = math.max(c.window, now) + 1
end

-- Goes on with what counts for as long as its hash knows, and `correct`s it where another program has
-- changed what is used.
local function resume(c, used, changed, correct)
  c.running = c.kind.advance(c)
  if not c.running then
    finish(c)
    c.changed = true
  end
  if changed and (c.running or used > 0) then
    if not c.running then
      renumber(c)
      c.kind.begin(c, now)
      c.running = true
    end
    correct()
    c.changed = true
  end
end

-- Fixed windows. What is used is forgotten when the window ends, which is when its key does.

function FIXED.ask(c, shape)
  local length = tonumber(shape)
  if length then
    c.length = length
  else
    c.bounds = numbers(shape)
    c.length = c.bounds[1]
  end
end

function FIXED.restore() end

function FIXED.text()
  return ''
end

-- The calendar's next boundary; beyond those that were told, as if all windows were of one length.
local function boundary(c)
  local start, after, last = c.bounds[2], c.bounds[3], c.bounds[4]
  if now >= start and now < after then
    return after
  elseif now >= after and now < last then
    return last
  end
  return start + (math.floor((now - start) / (after - start)) + 1) * (after - start)
end

function FIXED.begin(c, from)
  c.ends = c.bounds and boundary(c) or from + c.length
end

function FIXED.over(c, window)
  return window + c.length <= now
end

-- Without a look at its key.
function FIXED.advance(c)
  return c.ends > now
end

function FIXED.resume(c, used, changed, ends, held)
  local left = redis.call('PTTL', c.key)
  if left == -1 then
    -- Another program has written it without a time to live.
    left = ends > now and math.min(ends - now, c.length) or c.length
    redis.call('PEXPIRE', c.key, left)
  end
  c.used = used
  c.seen = used
  c.running = true
  c.ends = now + left
  if c.window > 0 and c.ends <= ends + 500 then
    c.held = held
  else
    -- Another program has begun this window; one of ours cannot end so much later.
    c.held = 0
    c.window = math.max(c.window + 1, now)
  end
end

-- What something else has counted goes on in a window from now. One that the calendar ends at another
-- time than it did ends then.
function FIXED.adopt(c, from)
  local ends = c.bounds and boundary(c) or now + c.length
  if c.running and (from ~= FIXED or (c.bounds and math.abs(c.ends - ends) > 500)) then
    c.used = shown(c.used)
    c.ends = ends
    c.starts = true
    c.changed = true
  end
end

function FIXED.window(c)
  return c.window
end

function FIXED.charge(c, tokens)
  c.used = c.used + tokens
end

function FIXED.hold(c, tokens)
  c.held = c.held + tokens
end

function FIXED.count(c, hold, tokens, counted)
  c.used = c.used + tokens - counted
  return tokens
end

function FIXED.left(c)
  return c.running and c.ends - now or c.bounds and boundary(c) - now or c.length
end

FIXED.wait = FIXED.left

function FIXED.exchange(c)
  if c.used == c.seen then
    return redis.pcall('GET', c.key)
  end
  return redis.pcall('SET', c.key, integer(c.used), 'XX', 'KEEPTTL', 'GET')
end

function FIXED.save(c)
  if c.starts then
    write(c)
  elseif c.used ~= c.seen then
    redis.call('INCRBY', c.key, integer(c.used - c.seen))
  end
end

-- Sliding windows. What is used counts for a period, by slices of it: a slice counts until all of it
-- is a period ago, so there is never more in a period than the limit.

local SLIDING = made_when_asked(function(SLIDING)
  function SLIDING.ask(c, shape)
    local all = numbers(shape)
    c.period, c.slice = all[1], all[2]
    c.length = c.period + c.slice
    c.since = 0
    c.slices = {}
  end

  function SLIDING.restore(c, text)
    local all = numbers(text)
    c.period, c.slice, c.since = all[1], all[2], all[3]
    c.length = c.period + c.slice
    c.slices = {}
    for place = 4, #all, 3 do
      c.slices[all[place]] = {used = all[place + 1], held = all[place + 2]}
    end
  end

  function SLIDING.text(c)
    local parts = {' s', integer(c.period), integer(c.slice), integer(c.since)}
    for which, slice in pairs(c.slices) do
      parts[#parts + 1] = string.format('%d %d %d', which, slice.used, slice.held)
    end
    return table.concat(parts, ' ')
  end

  local function oldest(c)
    return math.floor((now - c.period) / c.slice)
  end

  local function slice_of(c, window)
    local begun = math.max(oldest(c) * c.slice, c.since, math.min(window, now))
    local which = math.floor(begun / c.slice)
    local slice = c.slices[which]
    if not slice then
      slice = {used = 0, held = 0}
      c.slices[which] = slice
    end
    return slice
  end

  local function ordered(c)
    local all = {}
    for which in pairs(c.slices) do
      all[#all + 1] = which
    end
    table.sort(all)
    return all
  end

  local function out(c, which)
    return (which + 1) * c.slice + c.period
  end

  -- Forgets the slices that are out, and tells whether one is left.
  function SLIDING.advance(c)
    local first = oldest(c)
    c.used, c.held, c.ends = 0, 0, 0
    for which, slice in pairs(c.slices) do
      if which < first then
        c.slices[which] = nil
      else
        c.used = c.used + slice.used
        c.held = c.held + slice.held
        c.ends = math.max(c.ends, out(c, which))
      end
    end
    if first * c.slice > c.since then
      c.window = math.max(c.window, first * c.slice)
    end
    return c.ends > 0
  end

  function SLIDING.begin(c)
    c.slices = {}
  end

  SLIDING.over = FIXED.over

  -- What another program has taken off was the oldest.
  local function take_off(c, tokens)
    for _, which in ipairs(ordered(c)) do
      local slice = c.slices[which]
      local less = math.min(math.max(0, slice.used), tokens)
      slice.used = slice.used - less
      tokens = tokens - less
    end
    slice_of(c, now).used = slice_of(c, now).used - tokens
  end

  function SLIDING.resume(c, used, changed)
    resume(c, used, changed, function()
      if used > c.used then
        slice_of(c, now).used = slice_of(c, now).used + used - c.used
      else
        take_off(c, c.used - used)
      end
      SLIDING.advance(c)
    end)
  end

  -- What was used and is held counts from now on.
  function SLIDING.adopt(c, from)
    if from == SLIDING then
      return
    end
    c.slices = {}
    c.since = now
    if c.running then
      local slice = slice_of(c, now)
      slice.used, slice.held = shown(c.used), c.held
      SLIDING.advance(c)
      c.changed = true
    end
  end

  function SLIDING.window(c)
    return math.max(now, c.window)
  end

  function SLIDING.charge(c, tokens, window)
    local slice = slice_of(c, window or now)
    slice.used = slice.used + tokens
    c.used = c.used + tokens
  end

  function SLIDING.hold(c, tokens, window)
    local slice = slice_of(c, window)
    slice.held = slice.held + tokens
    c.held = c.held + tokens
  end

  function SLIDING.count(c, hold, tokens, counted)
    SLIDING.charge(c, tokens - counted, hold.window)
    return tokens
  end

  function SLIDING.left(c)
    local last = 0
    for which in pairs(c.slices) do
      last = math.max(last, out(c, which) - now)
    end
    return c.running and last or c.period
  end

  -- Until so many slices are out that what is needed is left.
  function SLIDING.wait(c, most)
    local counted = c.used + c.held
    for _, which in ipairs(ordered(c)) do
      counted = counted - c.slices[which].used - c.slices[which].held
      if counted <= most then
        return out(c, which) - now
      end
    end
    return SLIDING.left(c)
  end

  SLIDING.exchange = exchange
  SLIDING.save = save
end)

-- Buckets. What is used and held runs off together, evenly. A bucket that is empty has ended, and all
-- holds in it have run off.

local BUCKET = made_when_asked(function(BUCKET)
  function BUCKET.ask(c, shape)
    local all = numbers(shape)
    c.amount, c.period = all[1], all[2]
    c.length = math.ceil(all[3] * c.period / c.amount)
    c.at, c.carry, c.since = now, 0, now
  end

  function BUCKET.restore(c, text)
    local all = numbers(text)
    c.at, c.carry, c.amount, c.period, c.length, c.since = unpack(all)
  end

  function BUCKET.text(c)
    return string.format(' b %d %d %d %d %d %d',
      c.at, c.carry, c.amount, c.period, c.length, c.since)
  end

  function BUCKET.begin(c)
    c.at, c.carry = now, 0
  end

  BUCKET.over = FIXED.over

  -- Lets run off what has until now, and tells whether something is left.
  function BUCKET.advance(c)
    local run = math.max(0, now - c.at) * c.amount + c.carry
    local tokens = math.floor(run / c.period)
    c.used = c.used - tokens
    c.carry = run - tokens * c.period
    c.at = math.max(c.at, now)
    return c.used + c.held > 0
  end

  function BUCKET.resume(c, used, changed)
    resume(c, used, changed, function()
      c.used = used + math.min(0, c.used)
      c.carry = 0
    end)
  end

  function BUCKET.adopt(c, from, shape)
    local amount, period, length = c.amount, c.period, c.length
    local at, carry, since = c.at, c.carry, c.since
    BUCKET.ask(c, shape)
    if from == BUCKET then
      c.since = since
    end
    if from == BUCKET and c.period == period then
      c.at, c.carry = at, carry
    end
    c.changed = c.changed or from ~= BUCKET
      or c.amount ~= amount or c.period ~= period or c.length ~= length
  end

  function BUCKET.window(c)
    return math.max(now, c.window)
  end

  function BUCKET.charge(c, tokens)
    c.used = c.used + tokens
  end

  function BUCKET.hold(c, tokens)
    c.held = c.held + tokens
  end

  -- A hold counts at least what of it may have run off: more than the rest must not be given back. The
  -- window of a hold that began the bucket is a ms later than the hold.
  function BUCKET.count(c, hold, tokens, counted, whole)
    local passed = math.max(0, now + 1 - math.max(hold.window, c.since + 1))
    local run = math.min(hold.tokens * c.period, passed * c.amount)
    local parts = math.max(tokens * c.period, run)
    local counts = math.ceil(parts / c.period)
    c.used = c.used + counts - counted
    if not whole then
      c.carry = c.carry + counts * c.period - parts
      if c.carry >= c.period then
        c.carry = c.carry - c.period
        c.used = c.used - 1
      end
    end
    if c.used + c.held < 0 then
      -- More has run off, as the rate was higher then.
      c.used, c.carry = -c.held, 0
    end
    return counts
  end

  -- Until so much is counted at most.
  function BUCKET.wait(c, most)
    local parts = (c.used + c.held - most) * c.period - c.carry
    return math.min(LARGEST / 4, math.max(0, math.ceil(parts / c.amount)))
  end

  function BUCKET.left(c)
    return BUCKET.wait(c, 0)
  end

  BUCKET.exchange = exchange
  BUCKET.save = save
end)

-- What is in progress. Only holds count, and until they are settled; the key is never written.

local CONCURRENT = made_when_asked(function(CONCURRENT)
  local CONCURRENT_WAIT = 1000

  function CONCURRENT.ask(c)
    c.length = CONCURRENT_WAIT
  end

  CONCURRENT.restore = CONCURRENT.ask

  function CONCURRENT.text()
    return ' c'
  end

  function CONCURRENT.begin() end

  function CONCURRENT.over()
    return false
  end

  function CONCURRENT.advance()
    return false
  end

  function CONCURRENT.resume(c, used, changed, ends, held)
    c.used = used
    c.held = held
    c.running = true
    c.window = 1
  end

  function CONCURRENT.adopt() end

  CONCURRENT.window = FIXED.window
  CONCURRENT.charge = FIXED.charge
  CONCURRENT.hold = FIXED.hold
  CONCURRENT.count = FIXED.count

  function CONCURRENT.left()
    return CONCURRENT_WAIT
  end

  CONCURRENT.wait = CONCURRENT.left

  function CONCURRENT.save() end

  -- Whether the key may be gone while something runs.
  CONCURRENT.keyless = true
end)

local KINDS = {k = FIXED, s = SLIDING, b = BUCKET, c = CONCURRENT}
