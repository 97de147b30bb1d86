-- Penalties: a key that goes on after refusals is refused for longer.
--
-- A limit that has them asks with `<refusals>:<period>:<first>:<factor>:<longest>:<forgive>`, times in ms
-- and the factor in thousandths. `{<counter>}:penalty` is a hash: when the last penalty `ends` and its
-- `length`, when the `last` refusal was, and the `times` of those that may bring the next.

local function penalty_terms(text)
  if text == '' then
    return nil
  end
  local all = numbers(text)
  return {
    refusals = all[1], period = all[2], first = all[3], factor = all[4], longest = all[5],
    forgive = all[6]
  }
end

local function penalty_key(c)
  return '{' .. c.key .. '}:penalty'
end

-- How long the counter's key is refused yet.
local function penalty_left(c)
  if not c.penalty then
    local kept = redis.call('HMGET', penalty_key(c), 'ends', 'length', 'last', 'times')
    c.penalty = {
      ends = tonumber(kept[1]) or 0,
      length = tonumber(kept[2]) or 0,
      last = tonumber(kept[3]) or 0,
      times = numbers(kept[4] or '')
    }
  end
  return math.max(0, c.penalty.ends - now)
end

-- A refusal that counts: so many of them within the period bring a penalty.
local function count_refusal(p, terms)
  if p.last > 0 and now - math.max(p.last, p.ends) >= terms.forgive then
    p.length = 0
    p.times = {}
  end
  local times = {}
  for _, time in ipairs(p.times) do
    if time > now - terms.period then
      times[#times + 1] = time
    end
  end
  times[#times + 1] = now
  if #times >= terms.refusals then
    p.length = p.length == 0 and terms.first
      or math.min(terms.longest, math.ceil(p.length * terms.factor / 1000))
    p.ends = now + p.length
    times = {}
  end
  p.times = times
end

-- Notes a refusal. While a penalty lasts another does not prolong it, but puts off forgiving.
local function refused(c, terms)
  local during = penalty_left(c) > 0
  local p = c.penalty
  if not during then
    count_refusal(p, terms)
  end
  p.last = now
  local times = {}
  for place, time in ipairs(p.times) do
    times[place] = integer(time)
  end
  redis.call('HSET', penalty_key(c), 'ends', integer(p.ends), 'length', integer(p.length),
    'last', integer(p.last), 'times', table.concat(times, ' '))
  redis.call('PEXPIRE', penalty_key(c),
    math.max(0, p.ends - now) + math.max(terms.forgive, terms.period))
end
