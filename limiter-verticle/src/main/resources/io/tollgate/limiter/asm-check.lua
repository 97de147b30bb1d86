-- Fills buckets and says whether there is something in them.
--
-- ARGV go on with the number of requests, and for each: its id, empty when it has none; what it wants
-- to hold of each bucket; the length of its lease (ms); the number of its buckets, and these.
--
-- Returns for each request 0 when all its buckets have something, the place (from 1) of the first that
-- has not, or minus the place of the first that can't be read. Buckets after that one are not
-- looked at.

-- The balance after filling; nil when it can't be read. Steps that are not whole are lost.
local function fill(bucket)
  local balance, filled = stored(bucket.balance), stored(bucket.filled)
  if balance == false or filled == false then
    return nil
  end
  if not balance or not filled then
    balance = bucket.fill
    write(bucket, balance)
    return balance
  end
  local steps = math.floor((second - filled) / bucket.interval)
  if steps > 0 then
    balance = math.min(bucket.most, balance + steps * bucket.fill)
    write(bucket, balance)
  end
  return balance
end

-- What a request may hold of a bucket; 0 or less when it is refused. One that holds already keeps that,
-- and one that was settled holds nothing any more.
local function look(bucket, request)
  local balance = fill(bucket)
  if not balance then
    return nil
  end
  local available = balance - held(bucket)
  if request.id ~= '' then
    local own = redis.call('HGET', bucket.holds, 'hold:' .. request.id)
    if own then
      return tonumber(own)
    end
  end
  return math.min(request.wanted, available)
end

local function take(bucket, request, tokens)
  if is_settled(bucket, request.id) then
    return
  end
  if redis.call('HSETNX', bucket.holds, 'hold:' .. request.id, integer(tokens)) == 1 then
    redis.call('HINCRBY', bucket.holds, 'held', integer(tokens))
  end
  redis.call('ZADD', bucket.leases, now + request.lease, request.id)
  redis.call('PEXPIRE', bucket.holds, LONGEST_LEASE)
  redis.call('PEXPIRE', bucket.leases, LONGEST_LEASE)
end

local function check(request)
  local tokens = {}
  for place, bucket in ipairs(request.buckets) do
    tokens[place] = look(bucket, request)
    if not tokens[place] then
      return -place
    elseif tokens[place] <= 0 then
      return place
    end
  end
  if request.id ~= '' then
    for place, bucket in ipairs(request.buckets) do
      take(bucket, request, tokens[place])
    end
  end
  return 0
end

local replies = {}
for i = 1, number() do
  local request = {id = argument(), wanted = number(), lease = number(), buckets = {}}
  for place = 1, number() do
    request.buckets[place] = buckets[number()]
  end
  replies[i] = check(request)
end
return replies
