-- What a call of the limiter's scripts brings with it, and what the time is.
--
-- KEYS are two for each counter: the counter and its holds.
-- ARGV begin with the length of a lease, that of a generation of settled ids and that of a generation
-- of billed holds, all in ms; the number of counters; and each one's shape.

local LARGEST = 2 ^ 53

local lease, settled_span, billed_span = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local generation = math.floor(now / settled_span)
local position = 4 + tonumber(ARGV[4])

local function argument()
  position = position + 1
  return ARGV[position]
end

local function number()
  return tonumber(argument())
end

-- Of the formats for whole numbers this one is several times faster than `%.0f`.
local function integer(amount)
  return string.format('%d', amount)
end

local function numbers(text)
  local all = {}
  for each in string.gmatch(text, '%-?%d+') do
    all[#all + 1] = tonumber(each)
  end
  return all
end
