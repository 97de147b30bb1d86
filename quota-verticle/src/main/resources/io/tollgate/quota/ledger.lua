-- The book of balances: every entry that waits for one Redis, in one call.
--
-- KEYS  four for each entry: the balance B, {B}:holds, {B}:leases, {B}:settled
-- ARGV  the length of a lease in ms, for how many ms and for how many requests at most their end
--       is remembered; then four for each entry: verb, request id, two integers
--
-- B            tokens left; a plain integer that anybody may change at any time
-- {B}:holds    held = the sum of all holds; hold:<id> = tokens held and, after a colon, used so far;
--              billed:<id> = what an expired hold was billed, until its request settles
-- {B}:leases   requests with a hold, by the time at which it expires
-- {B}:settled  requests that ended, by the time at which they did
--
-- Answers for each entry {'ok' | 'exhausted', balance, held, tokens} or {'fault', text}. One entry's
-- fault leaves the others alone: each reads all that can be of a wrong type before it writes.
--
-- Lua counts in doubles, exact up to 2^53. So a balance is handed out as the text that it is, and
-- only Redis itself adds to it.

local REAPED_AT_ONCE, FORGOTTEN_AT_ONCE = 200, 10
local lease, memory, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function whole(number)
  return string.format('%.0f', number)
end

-- As strict as INCRBY: what it would refuse can't be settled and must not be granted either.
local function is_integer(text)
  if text == '0' then return true end
  local sign, digits = string.match(text, '^(%-?)([1-9]%d*)$')
  if not digits or #digits ~= 19 then return digits and #digits < 19 end
  return digits <= (sign == '-' and '9223372036854775808' or '9223372036854775807')
end

local function balance_of(a)
  local text = redis.call('GET', a.balance) or '0'
  if not is_integer(text) then error('ERR value is not an integer', 0) end
  return text
end

local function held_of(a)
  return redis.call('HGET', a.holds, 'held') or '0'
end

local function charge(a, tokens)
  if tokens == 0 then return '' end
  local left = redis.call('DECRBY', a.balance, whole(tokens))
  return math.abs(left) < 2 ^ 53 and whole(left) or ''
end

local function hold_of(a, id)
  local text = redis.call('HGET', a.holds, 'hold:' .. id)
  if not text then return nil end
  local tokens, used = string.match(text, '^(%d+):(%d+)$')
  return tonumber(tokens), tonumber(used)
end

local function hold(a, id, tokens, used)
  redis.call('HSET', a.holds, 'hold:' .. id, whole(tokens) .. ':' .. whole(used))
  redis.call('ZADD', a.leases, whole(now + lease), id)
  redis.call('PEXPIRE', a.holds, memory)
end

local function release(a, id, tokens)
  redis.call('HDEL', a.holds, 'hold:' .. id)
  redis.call('HINCRBY', a.holds, 'held', whole(0 - tokens))
  redis.call('ZREM', a.leases, id)
end

local function remember_end(a, id)
  redis.call('ZADD', a.settled, whole(now), id)
  redis.call('PEXPIRE', a.settled, memory)
  redis.call('PEXPIRE', a.holds, memory)
  local surplus = redis.call('ZCARD', a.settled) - most
  for _ = 1, FORGOTTEN_AT_ONCE do
    local oldest, ended = unpack(redis.call('ZRANGE', a.settled, 0, 0, 'WITHSCORES'))
    if surplus <= 0 and tonumber(ended) >= now - memory then break end
    redis.call('ZREM', a.settled, oldest)
    redis.call('HDEL', a.holds, 'billed:' .. oldest)
    surplus = surplus - 1
  end
end

-- Bills holds that nobody renewed at their last stamp. What is left over stays held until next time.
local function reap(a)
  local dead = redis.call('ZRANGEBYSCORE', a.leases, '-inf', whole(now), 'LIMIT', 0, REAPED_AT_ONCE)
  if #dead == 0 then return end
  local tokens, used, bill = {}, {}, 0
  redis.call('ZCARD', a.settled)
  for i, id in ipairs(dead) do
    tokens[i], used[i] = hold_of(a, id)
    bill = bill + (used[i] or 0)
  end
  charge(a, bill)
  for i, id in ipairs(dead) do
    release(a, id, tokens[i] or 0)
    if used[i] then
      redis.call('HSET', a.holds, 'billed:' .. id, whole(used[i]))
      remember_end(a, id)
    end
  end
end

local verbs = {}

-- Holds what is available, up to the estimate. Again for the same request: what it has already.
function verbs.reserve(a, id, estimate)
  local balance, ended, tokens = balance_of(a), redis.call('ZSCORE', a.settled, id), hold_of(a, id)
  if ended or tokens then return {'ok', balance, held_of(a), whole(tokens or 0)} end
  local held = held_of(a)
  local available = tonumber(balance) - tonumber(held)
  if available <= 0 then return {'exhausted', balance, held, '0'} end
  tokens = math.min(tonumber(estimate), available)
  hold(a, id, tokens, 0)
  held = whole(redis.call('HINCRBY', a.holds, 'held', whole(tokens)))
  return {'ok', balance, held, whole(tokens)}
end

-- Charges what was used, less what an expired hold was billed, and frees the hold. Once.
function verbs.settle(a, id, used)
  local billed = redis.call('HGET', a.holds, 'billed:' .. id)
  local ended = redis.call('ZSCORE', a.settled, id)
  if ended and not billed then return {'ok', '', '', ''} end
  local tokens = hold_of(a, id)
  local balance = charge(a, tonumber(used) - tonumber(billed or 0))
  if billed then redis.call('HDEL', a.holds, 'billed:' .. id) end
  if tokens then release(a, id, tokens) end
  remember_end(a, id)
  return {'ok', balance, '', ''}
end

-- Stamps a hold and lets it live on. One that had expired, or that the store never had, is taken
-- again: its request is alive.
function verbs.renew(a, id, used, tokens)
  local billed = redis.call('HGET', a.holds, 'billed:' .. id)
  local ended = redis.call('ZSCORE', a.settled, id)
  if ended and not billed then return {'ok', '', '', ''} end
  local had, stamp = hold_of(a, id)
  local balance = charge(a, 0 - tonumber(billed or 0))
  if billed then
    redis.call('HDEL', a.holds, 'billed:' .. id)
    redis.call('ZREM', a.settled, id)
  end
  -- Renewals may overtake one another; what was counted once is not forgotten.
  hold(a, id, had or tonumber(tokens), math.max(tonumber(used), stamp or tonumber(billed or 0)))
  if not had then redis.call('HINCRBY', a.holds, 'held', tokens) end
  return {'ok', balance, '', ''}
end

function verbs.read(a)
  return {'ok', balance_of(a), held_of(a), ''}
end

function verbs.set(a, _, tokens)
  redis.call('SET', a.balance, tokens)
  return verbs.read(a)
end

function verbs.add(a, _, tokens)
  redis.call('INCRBY', a.balance, tokens)
  return verbs.read(a)
end

local reaped = {}

local function enter(a, verb, id, first, second)
  if not reaped[a.balance] then
    reaped[a.balance] = true
    -- What can't be billed because the balance is no number waits until it is set to one.
    local billed, fault = pcall(reap, a)
    if not billed and verb ~= 'set' then error(fault, 0) end
  end
  return verbs[verb](a, id, first, second)
end

local answers = {}
for i = 0, #KEYS / 4 - 1 do
  local k, v = i * 4, i * 4 + 3
  local a = {
    balance = KEYS[k + 1], holds = KEYS[k + 2], leases = KEYS[k + 3], settled = KEYS[k + 4]
  }
  local done, answer = pcall(enter, a, ARGV[v + 1], ARGV[v + 2], ARGV[v + 3], ARGV[v + 4])
  if not done then
    answer = {'fault', type(answer) == 'table' and answer.err or answer}
  end
  answers[i + 1] = answer
end
return answers
