-- The book of balances: every entry that waits for one Redis, in one call.
--
-- KEYS  two for each entry: the balance B, {B}:holds
-- ARGV  in ms the length of a lease, of what a touched account is kept for, of a generation of settled
--       requests and of one of billed holds; the most requests in a generation; then four for each
--       entry: verb, request id, two integers
--
-- B              tokens left; a plain integer that anybody may change at any time
-- {B}:holds      hold:<id> = 'tokens used expiry' of a live hold, or 'billed used expiry' of one whose
--                lease ran out and that was billed; when that expires it moves on, so that a look at
--                all holds stays short;
--                state = 'held next kept count newest second third': the sum of all live holds, a time
--                before which nothing above expires, when Redis drops this hash, how many requests the
--                newest generation has, and when each of the last three began
-- {B}:settled:t  requests that settled in the generation that began at t; three are asked
-- {B}:billed:n   id = used of holds that moved on in the n-th generation; eight are asked
--
-- Answers for each entry {'ok' | 'exhausted', balance or nothing, held, tokens} or {'fault', text}.
-- One entry's fault leaves the others alone: it comes before anything of the entry's is written.
-- The state and the holds of an account are read once and written once for all its entries.
--
-- Lua counts in doubles, exact up to 2^53. So a balance is handed out as the text that it is, and
-- only Redis itself adds to it; and no more than that is held at a time.

local call, format, match = redis.call, string.format, string.match
local ENDED_AT_ONCE, MOST_HELD = 200, 2 ^ 53 - 1
local GENERATIONS, BILLED_GENERATIONS, LEASES_BILLED_STAYS = 3, 8, 8
local lease, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local span, billed_span, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local SETTINGS = 5
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local aligned = math.floor(now / span) * span
local young = span / 30

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

-- Without tokens when billed; nothing when there is no such line.
local function parse(text)
  local tokens, used, expiry = match(text, '^(%S+) (%d+) (%d+)$')
  return expiry and {tokens = tonumber(tokens), used = tonumber(used), expiry = tonumber(expiry)}
end

local function hold_of(a, id)
  local text = a.lines['hold:' .. id]
  return text and parse(text)
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

local function is_in(a, generation, id)
  return call('SISMEMBER', a.settled .. whole(generation), id) == 1
end

local function was_settled(a, id)
  for _, generation in ipairs(a.begun) do
    if is_in(a, generation, id) then return true end
  end
  return false
end

-- The settlement of what ended before this may have been forgotten; clocks of nodes may differ.
local function known_since(a)
  local since = math.max(a.begun[GENERATIONS], now - (GENERATIONS - 1) * span)
  return since + math.min(young, (now - since) / 30)
end

-- False when it is settled already. Generations begin with the clock, so that an account whose state
-- was lost finds them again, and early when there are many requests.
local function remember(a, id)
  if aligned > a.begun[1] or a.count >= most then
    local begin = aligned > a.begun[1] and aligned or math.max(now, a.begun[1] + 1)
    a.begun, a.count = {begin, a.begun[1], a.begun[2]}, 0
  end
  for i = 2, GENERATIONS do
    if now - a.begun[i - 1] < young and is_in(a, a.begun[i], id) then return false end
  end
  local key = a.settled .. whole(a.begun[1])
  local added = call('SADD', key, id)
  if added == 0 then return false end
  if a.count == 0 then call('PEXPIRE', key, GENERATIONS * span) end
  a.count = a.count + 1
  return true
end

local function forget(a, id)
  call('SREM', a.settled .. whole(a.begun[1]), id)
  a.count = a.count - 1
end

local function billed_key(a, generation)
  return '{' .. a.balance .. '}:billed:' .. whole(generation)
end

-- What a request was billed whose lease ran out some time ago, and where that is kept.
local function filed(a, id)
  if a.filed[id] then return {used = a.filed[id]} end
  local newest = math.floor(now / billed_span)
  for n = newest, newest - BILLED_GENERATIONS + 1, -1 do
    local key = billed_key(a, n)
    local used = call('HGET', key, id)
    if used then return {used = tonumber(used), key = key} end
  end
end

local function unfile(a, hold, id)
  if hold.key then call('HDEL', hold.key, id) end
  a.filed[id] = nil
end

local function save_filed(a)
  local lines = {}
  for id, used in pairs(a.filed) do
    lines[#lines + 1] = id
    lines[#lines + 1] = whole(used)
  end
  if #lines == 0 then return end
  local key = billed_key(a, math.floor(now / billed_span))
  call('HSET', key, unpack(lines))
  call('PEXPIRE', key, BILLED_GENERATIONS * billed_span)
end

-- Bills holds that nobody renewed at their last stamp, and lets billed ones move on that nobody
-- settled. A hold of a request that was settled comes from a reservation that was repeated late: it
-- leaves nothing. What is left over stays as it is until next time.
local function scan(a)
  local all = call('HGETALL', a.holds)
  local held, next, bill, ended, over = 0, now + keep, 0, 0, {}
  for i = 1, #all, 2 do
    local field, hold = all[i], parse(all[i + 1])
    if hold and hold.expiry <= now and ended < ENDED_AT_ONCE then
      ended = ended + 1
      local id = string.sub(field, 6)
      over[field] = hold
      hold.id = id
      hold.counts = hold.tokens and not was_settled(a, id)
      bill = bill + (hold.counts and hold.used or 0)
    elseif hold then
      held = held + (hold.tokens or 0)
      next = math.min(next, hold.expiry)
    end
  end
  charge(a, bill)
  local moves = now + LEASES_BILLED_STAYS * lease
  for field, hold in pairs(over) do
    put(a, field, hold.counts and format('billed %d %d', hold.used, moves))
    if hold.counts then next = math.min(next, moves) end
    if not hold.tokens then a.filed[hold.id] = hold.used end
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
  local held, next, kept, count, newest, second, third =
    match(texts[1] or '', '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
  -- Without a state, a scan finds what is held.
  a.held, a.next, a.kept = tonumber(held or 0), tonumber(next or 0), tonumber(kept or 0)
  a.count = tonumber(count or 0)
  a.begun = {
    tonumber(newest or aligned), tonumber(second or aligned - span),
    tonumber(third or aligned - 2 * span)
  }
  a.changed, a.filed = {}, {}
end

local function close(a)
  if not a.dirty then return end
  local is_kept = a.kept - now >= keep / 2
  if not is_kept then a.kept = now + keep end
  local lines, gone = {
    'state', format('%d %d %d %d %d %d %d',
      a.held, a.next, a.kept, a.count, a.begun[1], a.begun[2], a.begun[3])
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
  save_filed(a)
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
  local hold = hold_of(a, id)
  if hold then return {'ok', balance, a.held, hold.tokens or 0} end
  local available = tonumber(balance) - a.held
  if available <= 0 then return {'exhausted', balance, a.held, 0} end
  local tokens = take(a, id, math.min(tonumber(estimate), available), 0)
  return {'ok', balance, a.held, tokens}
end

-- Charges what was used, less what a hold was billed whose lease ran out, and frees the hold. Once.
-- The age is how long ago (ms) the request ended, -1 when nothing was held as the store was away.
-- A hold stays until it is settled. So one that is missing was settled, where that may have been
-- forgotten; else it was lost.
function verbs.settle(a, id, used, age)
  local hold = hold_of(a, id)
  if not hold then
    if was_settled(a, id) then return {'ok', a.left or false, 0, 0} end
    hold = filed(a, id) or {}
    age = tonumber(age)
    if not hold.used and age >= 0 and now - age < known_since(a) then
      return {'ok', a.left or false, 0, 0}
    end
  end
  -- Where a late reservation took a hold for a settled request, it is freed and nothing charged.
  local is_over = hold.expiry and hold.expiry <= now
  local is_first = not (is_over and was_settled(a, id)) and remember(a, id)
  local billed = not hold.tokens and hold.used or 0
  local charged, fault = pcall(charge, a, (is_first and tonumber(used) or 0) - billed)
  if not charged then
    if is_first then forget(a, id) end
    error(fault, 0)
  end
  a.dirty = true
  unfile(a, hold, id)
  if hold.tokens then a.held = a.held - hold.tokens end
  if hold.expiry then put(a, 'hold:' .. id, false) end
  return {'ok', a.left or false, 0, 0}
end

-- Stamps a hold and lets it live on. One whose lease had run out, or that the store never had, is
-- taken again: its request is alive.
function verbs.renew(a, id, used, tokens)
  local hold = hold_of(a, id)
  if not hold then
    if was_settled(a, id) then return {'ok', a.left or false, 0, 0} end
    hold = filed(a, id) or {used = 0}
  end
  -- Renewals may overtake one another; what was counted once is not forgotten.
  used = math.max(tonumber(used), hold.used)
  if hold.tokens then
    stamp(a, id, hold.tokens, used)
  else
    charge(a, -hold.used)
    unfile(a, hold, id)
    take(a, id, tonumber(tokens), used)
  end
  return {'ok', a.left or false, 0, 0}
end

-- Ends what has run out, as every entry does, and tells in how many ms to look again, -1 when nothing
-- is left.
function verbs.reap(a)
  local again = a.next - now
  return {'ok', false, a.held, again > LEASES_BILLED_STAYS * lease and -1 or math.max(0, again)}
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
  local balance, id = KEYS[i * 2 - 1], ARGV[SETTINGS + i * 4 - 2]
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
  local v = SETTINGS + i * 4 - 4
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
