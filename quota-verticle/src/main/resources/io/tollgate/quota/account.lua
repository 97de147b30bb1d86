-- The book of balances: every entry that waits for one Redis, in one call. Four files make one
-- script: what an account is (this one), how far a budget is used (levels.lua), what a budget is
-- (budget.lua), what is done (ledger.lua).
--
-- KEYS  two for each entry: the balance B, {B}:holds
-- ARGV  in ms the length of a lease, of what a touched account is kept for, of a generation of settled
--       requests and of one of billed holds; the most requests in a generation; then six for each
--       entry: verb, request id, two integers, the terms of a budget, the note of a change or
--       'joined' of a reservation that is made only with the one before it
--
-- B              tokens left; a plain integer that anybody may change at any time
-- {B}:holds      hold:<id> = 'tokens used expiry' of a live hold, or 'billed used expiry' of one whose
--                lease ran out and that was billed; when that expires it moves on, so that a look at
--                all holds stays short; on a budget with the period of the hold behind it;
--                state = 'held next kept count newest second third': the sum of all live holds, a time
--                before which nothing above expires, when Redis drops this hash, how many requests the
--                newest generation has, and when each of the last three began; on a budget with the
--                balance behind it, so that what others add is noticed
-- {B}:settled:t  requests that settled in the generation that began at t; three are asked
-- {B}:billed:n   id = used of holds that moved on in the n-th generation; eight are asked
-- {B}:budget     of a budget: 'begin end amount' of its period, 'full told' (levels.lua), and
--                'expiry:left' of each lot (budget.lua)
-- {B}:audit      a stream: who changed the balance, how, by how much and why
-- {B}:course     the same of what a budget has done by itself
-- {B}:once:k     a change that was made under the key k of its caller's choice
--
-- Answers for each entry {'ok' | 'shadow' | 'exhausted' | 'spared', balance or nothing, held, tokens}
-- or {'fault', text}; of a budget also in how many ms its period ends, or -1, and its amount; and if
-- somebody is to be told how far it is used, what there was to spend and the levels that are reached.
-- One entry's fault leaves the others alone: it comes before anything of the entry's is written.
-- The state and the holds of an account are read once and written once for all its entries.
--
-- Lua counts in doubles, exact up to 2^53. So a balance is handed out as the text that it is, and
-- only Redis itself adds to it; and no more than that is held at a time.

local call, format, match = redis.call, string.format, string.match
local ENDED_AT_ONCE, MOST_HELD, LAST_TIME = 200, 2 ^ 53 - 1, 2 ^ 53
local GENERATIONS, BILLED_GENERATIONS, LEASES_BILLED_STAYS = 3, 8, 8
local lease, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local span, billed_span, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local SETTINGS, ARGS = 5, 6
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local aligned = math.floor(now / span) * span
local young = span / 30

-- A call takes a few thousand arguments at most.
local function write_in_parts(command, key, words)
  for from = 1, #words, 2000 do
    call(command, key, unpack(words, from, math.min(from + 1999, #words)))
  end
end

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

local function write_off(a, tokens)
  if tokens == 0 then return end
  local left = call('DECRBY', a.balance, whole(tokens))
  a.dirty = true
  a.left = math.abs(left) < 2 ^ 53 and whole(left) or nil
end

-- Takes tokens from the lots that expire by then, soonest first.
local function consume(a, tokens, by)
  local kept = {}
  for _, lot in ipairs(a.lots) do
    local part = lot.expiry <= by and math.min(tokens, lot.left) or 0
    tokens, lot.left = tokens - part, lot.left - part
    a.worn = a.worn or part > 0
    if lot.left > 0 then kept[#kept + 1] = lot end
  end
  a.lots = kept
end

-- What a balance has beside its lots.
local function rest_of(a)
  local tokens = tonumber(balance_of(a))
  for _, lot in ipairs(a.lots) do
    tokens = tokens - lot.left
  end
  return tokens
end

-- Lots pay for what the rest owes.
local function mend(a)
  if not a.lots or #a.lots == 0 then return end
  local owed = -rest_of(a)
  if owed > 0 then consume(a, owed, math.huge) end
end

-- What expires soonest is spent first: lots of this period, its own amount, lots that outlive it, as
-- those do that never expire, should the budget get periods one day.
local function charge(a, tokens)
  write_off(a, tokens)
  if tokens > 0 and a.lots and #a.lots > 0 then consume(a, tokens, math.min(a.stop, LAST_TIME)) end
  mend(a)
end

-- Without tokens when billed; nothing when there is no such line.
local function parse(text)
  local tokens, used, expiry, period = match(text, '^(%S+) (%d+) (%d+) ?(%d*)$')
  return expiry and {
    tokens = tonumber(tokens), used = tonumber(used), expiry = tonumber(expiry),
    period = tonumber(period)
  }
end

-- From a period that is over: its tokens are what that has paid of it, and it holds nothing now.
local function is_past(a, hold)
  return hold.used ~= nil and hold.period ~= a.start
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

local function put_hold(a, field, tokens, used, expiry, period)
  local text = format('%s %d %d', tokens, used, expiry)
  put(a, field, period and text .. ' ' .. whole(period) or text)
  a.next = math.min(a.next, expiry)
end

local function stamp(a, id, tokens, used, period)
  put_hold(a, 'hold:' .. id, whole(tokens), used, now + lease, period)
end

local function take(a, id, tokens, used)
  tokens = math.min(tokens, MOST_HELD - a.held)
  a.held = a.held + tokens
  stamp(a, id, tokens, used, a.start)
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
  if a.filed[id] then return a.filed[id] end
  local newest = math.floor(now / billed_span)
  for n = newest, newest - BILLED_GENERATIONS + 1, -1 do
    local key = billed_key(a, n)
    local used, period = match(call('HGET', key, id) or '', '^(%d+) ?(%d*)$')
    if used then return {used = tonumber(used), period = tonumber(period), key = key} end
  end
end

local function unfile(a, hold, id)
  if hold.key then call('HDEL', hold.key, id) end
  a.filed[id] = nil
end

local function save_filed(a)
  local lines = {}
  for id, hold in pairs(a.filed) do
    lines[#lines + 1] = id
    lines[#lines + 1] = whole(hold.used) .. (hold.period and ' ' .. whole(hold.period) or '')
  end
  if #lines == 0 then return end
  local key = billed_key(a, math.floor(now / billed_span))
  call('HSET', key, unpack(lines))
  call('PEXPIRE', key, BILLED_GENERATIONS * billed_span)
end

-- All lines of an account as they are by now.
local function all_lines(a)
  local stored, lines = call('HGETALL', a.holds), {}
  for i = 1, #stored, 2 do
    lines[stored[i]] = stored[i + 1]
  end
  for field in pairs(a.changed) do
    lines[field] = a.lines[field] or nil
  end
  return lines
end

-- Bills holds that nobody renewed at their last stamp, and lets billed ones move on that nobody
-- settled. A hold of a request that was settled comes from a reservation that was repeated late: it
-- leaves nothing. What is left over stays as it is until next time.
local function scan(a)
  local held, next, bill, ended, over, found = 0, now + keep, 0, 0, {}, false
  for field, text in pairs(all_lines(a)) do
    found = true
    local hold = parse(text)
    if hold and hold.expiry <= now and ended < ENDED_AT_ONCE then
      ended = ended + 1
      local id = string.sub(field, 6)
      over[field] = hold
      hold.id = id
      hold.counts = hold.tokens and not was_settled(a, id)
      if hold.counts then
        local paid = is_past(a, hold) and hold.tokens or 0
        bill = bill + math.max(0, hold.used - paid)
        hold.used = math.max(hold.used, paid)
      end
    elseif hold then
      held = held + (not is_past(a, hold) and hold.tokens or 0)
      next = math.min(next, hold.expiry)
    end
  end
  charge(a, bill)
  a.held, a.next = held, next
  for field, hold in pairs(over) do
    if hold.counts then
      put_hold(a, field, 'billed', hold.used, now + LEASES_BILLED_STAYS * lease, hold.period)
    else
      put(a, field, false)
    end
    if not hold.tokens then a.filed[hold.id] = hold end
  end
  a.dirty = a.dirty or found
end

local function open(a)
  local texts = call('HMGET', a.holds, 'state', unpack(a.fields))
  a.lines = {}
  for i, field in ipairs(a.fields) do
    a.lines[field] = texts[i + 1]
  end
  local held, next, kept, count, newest, second, third, seen =
    match(texts[1] or '', '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) ?(%-?%d*)$')
  -- Without a state, a scan finds what is held.
  a.held, a.next, a.kept = tonumber(held or 0), tonumber(next or 0), tonumber(kept or 0)
  a.count, a.seen = tonumber(count or 0), tonumber(seen)
  a.begun = {
    tonumber(newest or aligned), tonumber(second or aligned - span),
    tonumber(third or aligned - 2 * span)
  }
  a.changed, a.filed = {}, {}
end

local function write_budget(a)
  local words = {
    format('%d %d %d %d %d',
      a.start, a.stop == math.huge and 0 or a.stop, a.amount, a.full, a.told)
  }
  for _, lot in ipairs(a.lots) do
    words[#words + 1] = format('%d:%d', lot.expiry == math.huge and 0 or lot.expiry, lot.left)
  end
  call('SET', a.budget, table.concat(words, ' '))
end

local function close(a)
  if a.worn and a.start then write_budget(a) end
  if not a.dirty then return end
  local is_kept = a.kept - now >= keep / 2
  if not is_kept then a.kept = now + keep end
  local seen = a.start and a.left and ' ' .. a.left or ''
  local lines, gone = {
    'state', format('%d %d %d %d %d %d %d',
      a.held, a.next, a.kept, a.count, a.begun[1], a.begun[2], a.begun[3]) .. seen
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
  write_in_parts('HSET', a.holds, lines)
  write_in_parts('HDEL', a.holds, gone)
  if not is_kept then call('PEXPIRE', a.holds, keep) end
end
