-- The book of balances: every entry that waits for one Redis, in one call.
--
-- KEYS  two for each entry: the balance B, {B}:holds
-- ARGV  the length of a lease, of what a touched account is kept for and of a generation, all in ms,
--       and the most requests in a generation; then four for each entry: verb, request id, two
--       integers
--
-- B              tokens left; a plain integer that anybody may change at any time
-- {B}:holds      hold:<id> = 'tokens used expiry' of a live hold, or 'billed used expiry' of one that
--                expired and was billed, kept until its request settles or that expiry passes;
--                state = 'held next kept generation ends count': the sum of all live holds, a time
--                before which nothing above expires, when Redis drops this hash, and the generation
--                of settled requests: its number, when it ends, how many it has
-- {B}:settled:n  requests that settled during generation n; it and the two before it are asked
--
-- Answers for each entry {'ok' | 'exhausted', balance or nothing, held, tokens} or {'fault', text}.
-- One entry's fault leaves the others alone: it comes before anything of the entry's is written.
-- The state and the holds of an account are read once and written once for all its entries.
--
-- Lua counts in doubles, exact up to 2^53. So a balance is handed out as the text that it is, and
-- only Redis itself adds to it; and no more than that is held at a time.

local call, format, match = redis.call, string.format, string.match
local ENDED_AT_ONCE, MOST_HELD, GENERATIONS = 200, 2 ^ 53 - 1, 3
local lease, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local span, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function whole(number)
  return format('%d', number)
end

-- As strict as INCRBY: what it would refuse can't be settled and must not be granted either.
local function is_integer(text)
  if text == '0' then return true end
  local sign, digits = match(text, '^(%-?)([1-9]%d*)$')
  if not digits or #digits ~= 19 then return digits and #digits < 19 end
  return digits <= (sign == '-' and '9223372036854775808' or '9223372036854775807')
end

local function balance_of(a)
  if not a.left then
    local text = call('GET', a.balance) or '0'
    if not is_integer(text) then error('ERR value is not an integer', 0) end
    a.left = text
  end
  return a.left
end

local function charge(a, tokens)
  if tokens == 0 then return end
  local left = call('DECRBY', a.balance, whole(tokens))
  a.left = math.abs(left) < 2 ^ 53 and whole(left) or nil
end

-- Tokens (nil when billed), used, expiry (nil when there is no such line).
local function parse(text)
  local tokens, used, expiry = match(text, '^(%S+) (%d+) (%d+)$')
  return tonumber(tokens), tonumber(used), tonumber(expiry)
end

local function hold_of(a, id)
  local text = a.lines['hold:' .. id]
  if text then return parse(text) end
end

-- False takes the line away.
local function put(a, field, text)
  a.lines[field] = text
  a.changed[field] = true
  a.dirty = true
end

local function stamp(a, id, tokens, used)
  local expiry = now + lease
  put(a, 'hold:' .. id, format('%d %d %d', tokens, used, expiry))
  a.next = math.min(a.next, expiry)
end

local function take(a, id, tokens, used)
  tokens = math.min(tokens, MOST_HELD - a.held)
  a.held = a.held + tokens
  stamp(a, id, tokens, used)
  return tokens
end

local function was_settled(a, id)
  for n = a.generation, a.generation - GENERATIONS + 1, -1 do
    if call('SISMEMBER', a.settled .. n, id) == 1 then return true end
  end
  return false
end

-- False when this generation has it already. Generations are numbered by the clock, so that an
-- account whose state was lost finds them again; one that fills up early runs ahead of it.
local function remember(a, id)
  if now >= a.ends or a.count >= most then
    local number = math.floor(now / span)
    a.generation = a.ends == 0 and number or math.max(a.generation + 1, number)
    a.ends, a.count = (number + 1) * span, 0
  end
  local key = a.settled .. a.generation
  local added = call('SADD', key, id)
  if added == 0 then return false end
  if a.count == 0 then call('PEXPIRE', key, GENERATIONS * span) end
  a.count = a.count + 1
  return true
end

local function forget(a, id)
  call('SREM', a.settled .. a.generation, id)
  a.count = a.count - 1
end

-- Bills holds that nobody renewed at their last stamp, and drops billed ones that nobody settled.
-- What is left over stays as it is until next time.
local function scan(a)
  local all = call('HGETALL', a.holds)
  local held, next, bill, ended, dead = 0, now + keep, 0, 0, {}
  for i = 1, #all, 2 do
    local tokens, used, expiry = parse(all[i + 1])
    if expiry and expiry <= now and ended < ENDED_AT_ONCE then
      ended = ended + 1
      dead[all[i]] = tokens and used or false
      bill = bill + (tokens and used or 0)
    elseif expiry then
      held = held + (tokens or 0)
      next = math.min(next, expiry)
    end
  end
  charge(a, bill)
  local drop = now + GENERATIONS * span
  for field, used in pairs(dead) do
    put(a, field, used and format('billed %d %d', used, drop))
    if used then next = math.min(next, drop) end
  end
  a.held, a.next = held, next
  a.dirty = a.dirty or #all > 0
end

local function open(a)
  local texts = call('HMGET', a.holds, 'state', unpack(a.fields))
  a.lines = {}
  for i, field in ipairs(a.fields) do
    a.lines[field] = texts[i + 1]
  end
  local held, next, kept, generation, ends, count =
    match(texts[1] or '', '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  -- Without a state, a scan finds what is held.
  a.held, a.next, a.kept = tonumber(held or 0), tonumber(next or 0), tonumber(kept or 0)
  a.generation = tonumber(generation) or math.floor(now / span)
  a.ends, a.count = tonumber(ends or 0), tonumber(count or 0)
  a.changed = {}
end

local function close(a)
  if not a.dirty then return end
  local is_kept = a.kept - now >= keep / 2
  if not is_kept then a.kept = now + keep end
  local lines, gone = {
    'state', format('%d %d %d %d %d %d',
      a.held, a.next, a.kept, a.generation, a.ends, a.count)
  }, {}
  for field in pairs(a.changed) do
    local text = a.lines[field]
    if text then
      lines[#lines + 1] = field
      lines[#lines + 1] = text
    else
      gone[#gone + 1] = field
    end
  end
  call('HSET', a.holds, unpack(lines))
  if #gone > 0 then call('HDEL', a.holds, unpack(gone)) end
  if not is_kept then call('PEXPIRE', a.holds, keep) end
end

local verbs = {}

-- Holds what is available, up to the estimate. Again for the same request: what it has already.
-- Whether the request has settled is not asked: a late repeat takes a hold that nobody renews, and
-- that is billed nothing when its lease ends.
function verbs.reserve(a, id, estimate)
  local balance = balance_of(a)
  local tokens, _, expiry = hold_of(a, id)
  if expiry then return {'ok', balance, a.held, tokens or 0} end
  local available = tonumber(balance) - a.held
  if available <= 0 then return {'exhausted', balance, a.held, 0} end
  tokens = take(a, id, math.min(tonumber(estimate), available), 0)
  return {'ok', balance, a.held, tokens}
end

-- Charges what was used, less what an expired hold was billed, and frees the hold. Once.
function verbs.settle(a, id, used)
  local tokens, before, expiry = hold_of(a, id)
  if not expiry and was_settled(a, id) then return {'ok', a.left or false, 0, 0} end
  -- Where a late reservation took a hold for a settled request, it is freed and nothing charged.
  local is_first = remember(a, id)
  local billed = expiry and not tokens and before or 0
  local charged, fault = pcall(charge, a, (is_first and tonumber(used) or 0) - billed)
  if not charged then
    if is_first then forget(a, id) end
    error(fault, 0)
  end
  a.dirty = true
  if tokens then a.held = a.held - tokens end
  if expiry then put(a, 'hold:' .. id, false) end
  return {'ok', a.left or false, 0, 0}
end

-- Stamps a hold and lets it live on. One that had expired, or that the store never had, is taken
-- again: its request is alive.
function verbs.renew(a, id, used, tokens)
  local has, before, expiry = hold_of(a, id)
  if not expiry and was_settled(a, id) then return {'ok', a.left or false, 0, 0} end
  -- Renewals may overtake one another; what was counted once is not forgotten.
  used = math.max(tonumber(used), before or 0)
  if has then
    stamp(a, id, has, used)
  else
    charge(a, 0 - (before or 0))
    take(a, id, tonumber(tokens), used)
  end
  return {'ok', a.left or false, 0, 0}
end

function verbs.read(a)
  return {'ok', balance_of(a), a.held, 0}
end

function verbs.set(a, _, tokens)
  call('SET', a.balance, tokens)
  a.left = nil
  return verbs.read(a)
end

function verbs.add(a, _, tokens)
  call('INCRBY', a.balance, tokens)
  a.left = nil
  return verbs.read(a)
end

local function enter(a, verb, id, first, second)
  if not a.changed then open(a) end
  if now >= a.next and not a.scanned then
    a.scanned = true
    -- What can't be billed because the balance is no number waits until it is set to one.
    local done, fault = pcall(scan, a)
    if not done and verb ~= 'set' then error(fault, 0) end
  end
  return verbs[verb](a, id, first, second)
end

local function fault_of(error)
  return {'fault', type(error) == 'table' and error.err or error}
end

local accounts, account_of = {}, {}
for i = 1, #KEYS / 2 do
  local balance, id = KEYS[i * 2 - 1], ARGV[i * 4 + 2]
  local a = accounts[balance]
  if not a then
    a = {
      balance = balance, holds = KEYS[i * 2], settled = '{' .. balance .. '}:settled:', fields = {}
    }
    accounts[balance] = a
  end
  account_of[i] = a
  if id ~= '' then a.fields[#a.fields + 1] = 'hold:' .. id end
end

local answers = {}
for i, a in ipairs(account_of) do
  local v = i * 4
  local done, answer = pcall(enter, a, ARGV[v + 1], ARGV[v + 2], ARGV[v + 3], ARGV[v + 4])
  answers[i] = done and answer or fault_of(answer)
end

for _, a in pairs(accounts) do
  local written, fault = true, nil
  if a.changed then written, fault = pcall(close, a) end
  if not written then
    for i, entered in ipairs(account_of) do
      if entered == a then answers[i] = fault_of(fault) end
    end
  end
end
return answers
