-- Looks at counters that nobody may ask about any more: bills the holds whose lease has run out, and
-- frees them.
--
-- ARGV go on with the number of counters, and each one by number.
--
-- Returns for each counter in how many ms to look again, -1 when nothing is held.

local function visit(c)
  read(c)
  look(c)
  c.idle = c.earliest == 0
  c.changed = c.changed or (c.idle and c.kept > 0)
  save(c)
  if c.broken then
    return lease
  end
  return c.idle and -1 or math.max(0, c.earliest - now)
end

local visits = {}
for place = 1, number() do
  visits[place] = named(number())
end
for place, c in ipairs(visits) do
  local visited, again = pcall(visit, c)
  visits[place] = visited and again or lease
end
return visits
