-- Takes what requests have used off their buckets, once for each request that has an id, and frees what
-- they held.
--
-- ARGV go on with the number of requests, and for each: its id, empty when it has none; the tokens that
-- it used, or -1 when it used none and is only to be freed; the number of its buckets, and these.
--
-- Returns for each request 0, or the place (from 1) of the first bucket that can't be read; those
-- before it have been debited.

-- Tokens of a request without an id that find no bucket leave a balance that the next check starts
-- anew, as ASM's example has it; but it does not stay for ever. One that has an id starts the
-- bucket, so that they count.
local function debit(bucket, tokens, id)
  if redis.call('EXISTS', bucket.balance) == 1 then
    redis.call('DECRBY', bucket.balance, integer(tokens))
    if redis.call('TTL', bucket.balance) < 0 then
      redis.call('EXPIRE', bucket.balance, integer(bucket.kept))
    end
  elseif id == '' then
    redis.call('SET', bucket.balance, integer(-tokens), 'EX', integer(bucket.kept))
  else
    write(bucket, bucket.fill - tokens)
  end
end

local function remember(bucket, id)
  redis.call('ZADD', bucket.settled, now, id)
  redis.call('ZREMRANGEBYSCORE', bucket.settled, '-inf', now - SETTLED_KEPT)
  redis.call('ZREMRANGEBYRANK', bucket.settled, 0, -MOST_SETTLED - 1)
  redis.call('PEXPIRE', bucket.settled, SETTLED_KEPT)
end

local function settle(bucket, id, tokens)
  if stored(bucket.balance) == false then
    return false
  end
  if id == '' then
    debit(bucket, tokens, id)
  else
    free(bucket, id)
    if tokens >= 0 and not is_settled(bucket, id) then
      debit(bucket, tokens, id)
      remember(bucket, id)
    end
  end
  return true
end

local replies = {}
for i = 1, number() do
  local id, tokens = argument(), number()
  replies[i] = 0
  for place = 1, number() do
    local bucket = buckets[number()]
    if replies[i] == 0 and not settle(bucket, id, tokens) then
      replies[i] = place
    end
  end
end
return replies
