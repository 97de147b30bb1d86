-- How far a budget is used, and which of its levels somebody is to be told of.
--
-- 100 % is what there is to spend, a.full: the amount of the period, what was carried over and granted,
-- and what anybody has added since. A debt that a period begins with is used of it, and so is what
-- others take away. What is never refilled by itself is judged from the last time that something was
-- added: all that it has is 100 % then.
--
-- a.told is the highest level that was told, 0 for none. It falls with a new period and when something
-- is added, and never as a bill turns out lower. So each level is told once in between.

-- The highest level that is reached, in percent.
local function level_of(a)
  local level, used = 0, a.full - tonumber(balance_of(a))
  for _, each in ipairs(a.terms and a.terms.levels or {}) do
    if a.full > 0 and used * 100 >= a.full * each then level = each end
  end
  return level
end

-- There is more or less to spend, and as much used as before.
local function fill(a, more)
  a.full, a.worn = a.full + more, true
  if more > 0 then a.told = math.min(a.told, level_of(a)) end
end

-- Somebody has added tokens, or taken them away.
local function refill(a, more)
  if more > 0 and a.stop == math.huge then a.full = tonumber(balance_of(a)) - more end
  fill(a, more)
end

-- What another program has added since the account was last touched.
local function notice(a)
  local more = a.seen and tonumber(balance_of(a)) - a.seen or 0
  a.dirty = a.dirty or more ~= 0
  if more > 0 then refill(a, more) end
end

-- Adds to an answer the levels that nobody was told of.
local function tell(a, reply)
  local level, news = level_of(a), {}
  if level <= a.told then return end
  for _, each in ipairs(a.terms.levels) do
    if each > a.told and each <= level then news[#news + 1] = each end
  end
  reply[#reply + 1] = whole(a.full)
  reply[#reply + 1] = table.concat(news, ' ')
  a.told, a.worn = level, true
end

