
local LOTS_MOST, ONCE_KNOWN = 64, 24 * 60 * 60 * 1000

local verbs = {}

-- Of a budget also when its period ends and what that grants.
local function answer(a, word, tokens)
  local left = balance_of(a)
  if not a.lots then return {word, left, a.held, tokens} end
  if a.start then
    local reply = {word, left, a.held, tokens, until_end(a.stop), a.amount}
    tell(a, reply)
    return reply
  end
  if not a.terms then return {word, left, a.held, tokens, -1, 0} end
  -- As it is going to begin.
  local _, stop = period_of(a.terms)
  local amount = a.terms.amount
  return {word, whole(tonumber(left) + amount), a.held, tokens, until_end(stop), amount}
end

-- What needs no look at a plain balance.
local function done(a, tokens)
  if a.lots and a.start then return answer(a, 'ok', tokens) end
  return {'ok', a.left or false, 0, tokens}
end

-- What may be held now, and what is already.
local function look(a, id)
  return {
    a = a, id = id, hold = hold_of(a, id),
    room = tonumber(balance_of(a)) - a.held + (a.terms and a.terms.overdraft or 0)
  }
end

-- Holds what is available, up to the estimate. Again for the same request: what it has already.
-- Whether the request has settled is not asked: a late repeat takes a hold that nobody renews, and
-- that is billed nothing when its lease ends.
local function reserve(place, estimate)
  local a, hold, shadow = place.a, hold_of(place.a, place.id), place.a.terms and place.a.terms.shadow
  if hold then return answer(a, 'ok', hold.tokens or 0) end
  if place.room <= 0 and not shadow then return answer(a, 'exhausted', 0) end
  local tokens = take(a, place.id, math.min(estimate, shadow and estimate or place.room), 0)
  return answer(a, place.room <= 0 and 'shadow' or 'ok', tokens)
end

-- Charges what was used, less what a hold was billed whose lease ran out, and frees the hold. Once.
-- The age is how long ago (ms) the request ended, -1 when nothing was held as the store was away.
-- A hold stays until it is settled. So one that is missing was settled, where that may have been
-- forgotten; else it was lost.
function verbs.settle(a, id, used, age)
  local hold = hold_of(a, id)
  if not hold then
    if was_settled(a, id) then return done(a, 0) end
    hold = filed(a, id) or {}
    age = tonumber(age)
    if not hold.used and age >= 0 and now - age < known_since(a) then return done(a, 0) end
  end
  -- Where a late reservation took a hold for a settled request, it is freed and nothing charged.
  local is_over = hold.expiry and hold.expiry <= now
  local is_first = not (is_over and was_settled(a, id)) and remember(a, id)
  local past = is_past(a, hold)
  local paid = hold.tokens and (past and hold.tokens or 0) or hold.used or 0
  local due = (is_first and tonumber(used) or 0) - paid
  local charged, fault = pcall(charge, a, past and math.max(0, due) or due)
  if not charged then
    if is_first then forget(a, id) end
    error(fault, 0)
  end
  a.dirty = true
  unfile(a, hold, id)
  if hold.tokens and not past then a.held = a.held - hold.tokens end
  if hold.expiry then put(a, 'hold:' .. id, false) end
  return done(a, 0)
end

-- Stamps a hold and lets it live on. One whose lease had run out, or that the store never had, is
-- taken again: its request is alive. What it has used beyond its hold is held from then on, so that
-- nobody else is told that it is left.
function verbs.renew(a, id, used, tokens)
  local hold = hold_of(a, id)
  if not hold then
    if was_settled(a, id) then return done(a, 0) end
    hold = filed(a, id) or {used = 0, period = a.start}
  end
  -- Renewals may overtake one another; what was counted once is not forgotten.
  used = math.max(tonumber(used), hold.used)
  local past = is_past(a, hold)
  local held = hold.tokens or past and hold.used
  unfile(a, hold, id)
  if held then
    local beyond = past and 0 or math.min(math.max(0, used - held), MOST_HELD - a.held)
    a.held, held = a.held + beyond, held + beyond
    stamp(a, id, held, used, hold.period)
  else
    charge(a, -hold.used)
    held = take(a, id, math.max(tonumber(tokens), used), used)
  end
  return done(a, held)
end

-- Ends what has run out, as every entry does, and tells in how many ms to look again, -1 when nothing
-- is left.
function verbs.reap(a)
  local again = a.next - now
  return done(a, again > LEASES_BILLED_STAYS * lease and -1 or math.max(0, again))
end

function verbs.read(a)
  return answer(a, 'ok', 0)
end

-- Makes a change, once, and writes it down.
local function change(a, note, what, tokens, make)
  local who, why, key = match(note, '^([^\n]*)\n([^\n]*)\n([^\n]*)$')
  local once = key and key ~= '' and '{' .. a.balance .. '}:once:' .. key
  local order = what .. ' ' .. tokens
  local made = once and call('GET', once)
  if made and made ~= order then error('REFUSED the idempotency key was used for another change', 0) end
  if made then return verbs.read(a) end
  local known, before = pcall(balance_of, a)
  check_audit(a.audit)
  make()
  a.left = nil
  if a.start then
    local left = tonumber(balance_of(a))
    refill(a, left - (known and tonumber(before) or 0))
    a.dirty = true
  end
  mend(a)
  audit(a.audit, {
    'who', who or '', 'what', what, 'tokens', tokens, 'before', known and before or '',
    'after', balance_of(a), 'why', why or ''
  })
  if once then call('SET', once, order, 'PX', ONCE_KNOWN) end
  return verbs.read(a)
end

function verbs.set(a, _, tokens, _, note)
  return change(a, note, 'set', tokens, function() call('SET', a.balance, tokens) end)
end

function verbs.add(a, _, tokens, _, note)
  return change(a, note, 'add', tokens, function() call('INCRBY', a.balance, tokens) end)
end

-- Tokens that no end of a period takes away, but their own expiry, if they have one.
function verbs.grant(a, _, tokens, expiry, note)
  expiry = tonumber(expiry)
  if not a.lots then error('REFUSED only a budget takes grants', 0) end
  if expiry > 0 and expiry <= now then error('REFUSED the grant would expire in the past', 0) end
  local lot = {expiry = expiry > 0 and expiry or math.huge, left = tonumber(tokens)}
  return change(a, note, expiry > 0 and 'grant until ' .. whole(expiry) or 'grant', tokens, function()
    if not has_lot(a, lot.expiry) and #a.lots >= LOTS_MOST then
      error('REFUSED at most ' .. LOTS_MOST .. ' grants with different times of expiry', 0)
    end
    call('INCRBY', a.balance, tokens)
    add_lot(a, lot)
  end)
end

local function enter(a, verb, terms)
  if not a.changed then open(a) end
  -- What can't be billed because the balance is no number waits until it is set to one.
  if terms ~= '' then
    local done, fault = pcall(bring_up, a, terms_of(terms), verb)
    if not done and verb ~= 'set' then error(fault, 0) end
  end
  if now >= a.next and not a.scanned then
    a.scanned = true
    local done, fault = pcall(scan, a)
    if not done and verb ~= 'set' then error(fault, 0) end
  end
end

local function fault_of(error)
  return {'fault', type(error) == 'table' and error.err or error}
end

local accounts, account_of, answers = {}, {}, {}
for i = 1, #KEYS / 2 do
  local balance, id = KEYS[i * 2 - 1], ARGV[SETTINGS + (i - 1) * ARGS + 2]
  local a = accounts[balance]
  if not a then
    a = {
      balance = balance, holds = KEYS[i * 2], settled = '{' .. balance .. '}:settled:',
      budget = '{' .. balance .. '}:budget', audit = '{' .. balance .. '}:audit',
      course = '{' .. balance .. '}:course', fields = {}
    }
    accounts[balance] = a
  end
  account_of[i] = a
  if id ~= '' then a.fields[#a.fields + 1] = 'hold:' .. id end
end

local function argument(i, n)
  return ARGV[SETTINGS + (i - 1) * ARGS + n]
end

-- Joined reservations of one request: all are taken or none.
local function reserve_all(first, last)
  local places, refused = {}, false
  for i = first, last do
    local a = account_of[i]
    enter(a, 'reserve', argument(i, 5))
    places[i] = look(a, argument(i, 2))
    local is_free = places[i].hold or places[i].room > 0 or (a.terms and a.terms.shadow)
    refused = refused or not is_free
  end
  for i = first, last do
    local place = places[i]
    if not refused then
      answers[i] = reserve(place, tonumber(argument(i, 3)))
    else
      local is_spent = not place.hold and place.room <= 0
        and not (place.a.terms and place.a.terms.shadow)
      answers[i] = answer(place.a, is_spent and 'exhausted' or 'spared', 0)
    end
  end
end

local function each(i)
  local a, verb = account_of[i], argument(i, 1)
  enter(a, verb, argument(i, 5))
  answers[i] = verbs[verb](a, argument(i, 2), argument(i, 3), argument(i, 4), argument(i, 6))
end

local i = 1
while i <= #account_of do
  local last, verb = i, argument(i, 1)
  local work = each
  if verb == 'reserve' then
    work = reserve_all
    while last < #account_of and argument(last + 1, 6) == 'joined' do
      last = last + 1
    end
  end
  local done, fault = pcall(work, i, last)
  for n = i, last do
    if not done then answers[n] = fault_of(fault) end
  end
  i = last + 1
end

for _, a in pairs(accounts) do
  local written, fault = true, nil
  if a.changed then written, fault = pcall(close, a) end
  if not written then
    for n, entered in ipairs(account_of) do
      if entered == a then answers[n] = fault_of(fault) end
    end
  end
end
return answers
