-- What the scripts of the ASM interface share: buckets, and what identified requests hold of them.
--
-- KEYS are five for each bucket:
--   balance   a plain integer of tokens left, which may be negative
--   filled    when it was filled last, in seconds; with the balance, the layout of ASM's example
--   holds     a hash: `held`, the sum of what is held, and for each open request its id, after `hold:`,
--             and the tokens that it holds
--   leases    a sorted set of the open requests, by the time (ms) when their holds run out
--   settled   a sorted set of the requests that were settled lately, by the time (ms) of that
-- ARGV begin with the number of buckets, and for each: seconds between two fills, tokens of one fill,
-- the most that filling leads to, and for how many seconds an unused bucket is kept.
--
-- What is held is not taken off the balance, so that programs which know of balances alone see them
-- as they are used to.

local LONGEST_LEASE = 3600 * 1000
local SETTLED_KEPT = 10 * 60 * 1000
local MOST_SETTLED = 100000
local MOST_LAPSES = 100
local LARGEST = 2 ^ 53

local clock = redis.call('TIME')
local second = tonumber(clock[1])
local now = second * 1000 + math.floor(clock[2] / 1000)
local position = 0

local function argument()
  position = position + 1
  return ARGV[position]
end

local function number()
  return tonumber(argument())
end

local function integer(amount)
  return string.format('%d', amount)
end

local buckets = {}
for i = 1, number() do
  local first = 5 * i - 4
  buckets[i] = {
    balance = KEYS[first],
    filled = KEYS[first + 1],
    holds = KEYS[first + 2],
    leases = KEYS[first + 3],
    settled = KEYS[first + 4],
    interval = number(),
    fill = number(),
    most = number(),
    kept = number()
  }
end

-- The number under a key, nil when there is none, false when there is something else.
local function stored(key)
  local text = redis.pcall('GET', key)
  if text == false then
    return nil
  end
  local whole = type(text) == 'string' and (text == '0' or string.match(text, '^%-?[1-9]%d*$'))
  local value = whole and tonumber(text)
  return value and math.abs(value) <= LARGEST and value or false
end

local function write(bucket, balance)
  redis.call('SET', bucket.balance, integer(balance), 'EX', integer(bucket.kept))
  redis.call('SET', bucket.filled, clock[1], 'EX', integer(bucket.kept))
end

-- Frees what a request holds of a bucket.
local function free(bucket, id)
  local tokens = redis.call('HGET', bucket.holds, 'hold:' .. id)
  redis.call('ZREM', bucket.leases, id)
  if tokens then
    redis.call('HDEL', bucket.holds, 'hold:' .. id)
    redis.call('HINCRBY', bucket.holds, 'held', -tokens)
  end
end

-- What is held of a bucket, once what has run out is freed.
local function held(bucket)
  local text = redis.call('HGET', bucket.holds, 'held')
  if not text or text == '0' then
    return 0
  end
  local lapsed = redis.call(
    'ZRANGEBYSCORE', bucket.leases, '-inf', now, 'LIMIT', 0, MOST_LAPSES)
  for _, id in ipairs(lapsed) do
    free(bucket, id)
  end
  return tonumber(#lapsed > 0 and redis.call('HGET', bucket.holds, 'held') or text)
end

local function is_settled(bucket, id)
  return redis.call('ZSCORE', bucket.settled, id)
end
