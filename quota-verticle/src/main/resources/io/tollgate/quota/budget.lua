
-- A budget is a balance with an amount that each period grants. Its balance is the sum of lots, each
-- with a time when it expires, and a rest, which is what is left of the period's own amount and what
-- anybody has added or taken away from outside; the rest is below zero where there is a debt, and then
-- there are no lots.
--
-- Terms: 'amount carry overdraft shadow length levels' and, for periods of the calendar, four boundaries
-- around now, where length is their usual one. A length of 0 is no period at all. Levels have commas
-- between them, and are '-' where there are none. '-' alone is a budget whose terms are not known: it
-- stays in the period that it is in.

local AUDITED, TAKEN_BACK_WITHIN = 1000, 60 * 1000
local known_terms = {}

local function numbers_in(text)
  local numbers = {}
  for digits in string.gmatch(text, '%d+') do
    numbers[#numbers + 1] = tonumber(digits)
  end
  return numbers
end

local function terms_of(text)
  if text == '-' then return nil end
  local t = known_terms[text]
  if not t then
    local numbers, levels, bounds = match(text, '^(%S+ %S+ %S+ %S+ %S+) (%S+)(.*)$')
    local n = numbers_in(numbers)
    t = {
      amount = n[1], carry = n[2], overdraft = n[3], shadow = n[4] == 1, length = n[5],
      levels = numbers_in(levels), bounds = numbers_in(bounds)
    }
    known_terms[text] = t
  end
  return t
end

-- When the period that is now begins and ends. Periods that begin with their first use follow one
-- another from there on.
local function period_of(t, start)
  if t.length == 0 then return start or now, math.huge end
  local bounds = t.bounds
  for i = 1, #bounds - 1 do
    if bounds[i] <= now and now < bounds[i + 1] then return bounds[i], bounds[i + 1] end
  end
  -- The clocks of Redis and of the node are further apart than a period is long.
  if #bounds > 0 then start = now < bounds[1] and bounds[1] or bounds[#bounds] end
  start = start or now
  local begin = start + math.floor((now - start) / t.length) * t.length
  return begin, begin + t.length
end

-- How many lie between two times; those of a calendar differ in length.
local function periods(t, from, to)
  return math.floor((to - from) / t.length + 0.5)
end

local function until_end(stop)
  return stop < math.huge and math.max(0, stop - now) or -1
end

-- Ids rise over both streams of a balance, as no two calls are made in one microsecond. Where the clock
-- was set back Redis makes one.
local written = 0
local function audit(stream, fields)
  written = written + 1
  local id = format('%d-%d', now, time[2] % 1000 * 1000 + written)
  local added = redis.pcall('XADD', stream, 'MAXLEN', '~', AUDITED, id, unpack(fields))
  if type(added) == 'table' and added.err then
    call('XADD', stream, 'MAXLEN', '~', AUDITED, '*', unpack(fields))
  end
end

-- What can't be written down must not happen.
local function check_audit(stream)
  call('XLEN', stream)
end

-- What the budget itself does to its balance. It has a stream of its own, so that short periods don't
-- push out what people have changed.
local function book(a, what, tokens, why, before)
  audit(a.course, {
    'who', 'tollgate', 'what', what, 'tokens', whole(tokens), 'before', before,
    'after', balance_of(a), 'why', why
  })
end

local function has_lot(a, expiry)
  for _, lot in ipairs(a.lots) do
    if lot.expiry == expiry then return true end
  end
  return false
end

local function add_lot(a, lot)
  a.worn = true
  local place = #a.lots + 1
  for i, other in ipairs(a.lots) do
    if other.expiry == lot.expiry then
      other.left = other.left + lot.left
      return
    end
    if other.expiry > lot.expiry then
      place = i
      break
    end
  end
  table.insert(a.lots, place, lot)
end

local function open_budget(a)
  local text = call('GET', a.budget)
  a.lots = {}
  if not text then return end
  local start, stop, amount, full, told = match(text, '^(%d+) (%d+) (%-?%d+) (%-?%d+) (%d+)')
  if not start then error('ERR the state of the budget is damaged', 0) end
  a.start, a.amount, a.full, a.told =
    tonumber(start), tonumber(amount), tonumber(full), tonumber(told)
  a.stop = stop == '0' and math.huge or tonumber(stop)
  for expiry, left in string.gmatch(text, '(%d+):(%d+)') do
    a.lots[#a.lots + 1] = {
      expiry = expiry == '0' and math.huge or tonumber(expiry), left = tonumber(left)
    }
  end
end

local function begin(a, t)
  local before = balance_of(a)
  check_audit(a.course)
  write_off(a, -t.amount)
  a.start, a.stop = period_of(t)
  a.amount, a.full, a.told, a.worn = t.amount, t.amount + math.max(0, tonumber(before)), 0, true
  book(a, 'begin', t.amount, '', before)
end

-- Nodes that don't have the same configuration yet edit the amount to and fro: an edit that takes back
-- the one just before leaves neither behind.
local function takes_back(a, tokens)
  local last = call('XREVRANGE', a.course, '+', '-', 'COUNT', 1)[1]
  if not last or now - tonumber(match(last[1], '^%d+')) > TAKEN_BACK_WITHIN then return false end
  local said = {}
  for i = 1, #last[2], 2 do
    said[last[2][i]] = last[2][i + 1]
  end
  if said.what ~= 'edit' or tonumber(said.tokens) ~= -tokens then return false end
  call('XDEL', a.course, last[1])
  return true
end

-- An amount that was edited keeps what is used. One that goes to and fro makes no level new.
local function edit(a, t)
  local before, more, told = balance_of(a), t.amount - a.amount, a.told
  check_audit(a.course)
  write_off(a, -more)
  a.amount = t.amount
  fill(a, more)
  mend(a)
  if takes_back(a, more) then
    a.told = math.max(told, level_of(a))
  else
    book(a, 'edit', more, 'the amount was changed in the configuration', before)
  end
end

-- Takes away what is left of lots, but not what requests in progress hold.
local function expire(a, by)
  while a.lots[1] and a.lots[1].expiry <= by do
    local before = balance_of(a)
    local gone = math.max(0, math.min(a.lots[1].left, tonumber(before) - a.held))
    check_audit(a.course)
    write_off(a, gone)
    table.remove(a.lots, 1)
    fill(a, -gone)
    if gone > 0 then book(a, 'expire', -gone, '', before) end
  end
end

-- What would be lost with the period pays for what is held in it, as far as it goes. Returns how much
-- it paid.
local function pay_holds(a, tokens)
  local fields, lines, paid = {}, all_lines(a), 0
  for field in pairs(lines) do
    fields[#fields + 1] = field
  end
  table.sort(fields)
  for _, field in ipairs(fields) do
    local hold = parse(lines[field])
    if hold and hold.tokens and not is_past(a, hold) then
      local part = math.min(hold.tokens, tokens - paid)
      paid = paid + part
      put_hold(a, field, whole(part), hold.used, hold.expiry, hold.period)
    end
  end
  return paid
end

-- The configuration may have another period now. What is in progress goes on to the end of that; but
-- when it began before, it is over, and what was used in it is no debt of a shorter one.
local function follow(a, t)
  local stop = math.huge
  if t.length > 0 then
    if now >= a.stop then return end
    local begin, its_end = period_of(t, a.start)
    local is_over = a.stop < math.huge and periods(t, a.start, begin) > 0
    stop = is_over and begin or its_end
  end
  if stop ~= a.stop then a.stop, a.worn = stop, true end
end

-- Ends the period that is over and begins the one that is now: what is left expires, but for what is
-- carried over; a debt is taken along, and the amounts of periods that went by unused pay for it.
local function roll(a, t)
  local begin, stop = period_of(t, a.stop)
  local passed = 1 + math.max(0, periods(t, a.stop, begin))
  local before, rest, early = balance_of(a), rest_of(a), 0
  check_audit(a.course)
  local later = {}
  for _, lot in ipairs(a.lots) do
    if lot.expiry <= a.stop then early = early + lot.left else later[#later + 1] = lot end
  end
  local debt, left = math.min(0, rest), math.max(0, rest)
  local paid = pay_holds(a, early + left)
  left = left - math.max(0, paid - early)
  -- Of several periods only the last one before this leaves something.
  if passed > 1 then left = math.max(0, math.min(t.amount, t.amount * (passed - 1) + debt)) end
  local carried = math.min(t.carry, left)
  local own = math.min(t.amount, t.amount * passed + debt)
  local delta = carried + own - early - rest
  write_off(a, -delta)
  a.start, a.stop = math.max(begin, a.stop), stop
  a.amount, a.lots, a.held = t.amount, later, 0
  if carried > 0 then add_lot(a, {expiry = stop, left = carried}) end
  a.full, a.told = tonumber(balance_of(a)) + t.amount - own, 0
  a.worn, a.dirty = true, true
  local lost = early + math.max(0, rest) - paid - (passed == 1 and carried or 0)
  book(a, 'reset', delta, format('granted %d, carried over %d, expired %d, held %d',
    t.amount, carried, lost, paid), before)
end

-- What time and the configuration have made of a budget since it was last touched. Whoever only looks
-- at one does not begin it.
local function bring_up(a, t, verb)
  local is_new = not a.lots
  a.terms = t
  if is_new then open_budget(a) end
  if is_new and a.start then notice(a) end
  if not t then return end
  if not a.start then
    if verb ~= 'read' and verb ~= 'reap' then begin(a, t) end
    return
  end
  mend(a)
  follow(a, t)
  if t.amount ~= a.amount and now < a.stop then edit(a, t) end
  expire(a, math.min(now, a.stop - 1))
  if now >= a.stop then
    roll(a, t)
    expire(a, now)
  end
end
