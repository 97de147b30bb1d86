-- Goes before a script: Redis's commands by a clock that a test moves. Keys expire by it, too. When each
-- does stands beside it, so one server has to have all keys. By Redis's own clock it lives long enough, and
-- that it lives for ever tells that somebody else has written it.
local redis = (function()
  local real = redis
  local now = tonumber(real.call('GET', 'test:clock'))

  local function expiry(key)
    return 'test:expiry:' .. key
  end

  local function expire_at(key, at)
    real.call('SET', expiry(key), string.format('%d', at))
    real.call('EXPIRE', key, 86400)
  end

  local function expire(key)
    local at = real.call('GET', expiry(key))
    if not at then
      return
    end
    if real.call('TTL', key) < 0 then
      real.call('DEL', expiry(key))
    elseif tonumber(at) <= now then
      real.call('DEL', key, expiry(key))
    end
  end

  local special = {}

  function special.TIME()
    return {string.format('%d', math.floor(now / 1000)), string.format('%d', now % 1000 * 1000)}
  end

  function special.PTTL(run, key)
    expire(key)
    local at = real.call('GET', expiry(key))
    return run('EXISTS', key) == 0 and -2 or at and tonumber(at) - now or -1
  end

  function special.PEXPIRE(run, key, length)
    expire(key)
    if run('EXISTS', key) == 0 then
      return 0
    end
    expire_at(key, now + tonumber(length))
    return 1
  end

  function special.SET(run, key, value, ...)
    expire(key)
    local words, length, only_if_there, place = {}, nil, false, 1
    local given = {...}
    while given[place] do
      if given[place] == 'PX' then
        place = place + 1
        length = tonumber(given[place])
      else
        only_if_there = only_if_there or given[place] == 'XX'
        words[#words + 1] = given[place]
      end
      place = place + 1
    end
    local writes = not only_if_there or real.call('EXISTS', key) == 1
    local answer = run('SET', key, value, unpack(words))
    if writes and length then
      expire_at(key, now + length)
    end
    return answer
  end

  local function by_the_clock(run)
    return function(command, key, ...)
      if special[command] then
        return special[command](run, key, ...)
      end
      expire(key)
      return run(command, key, ...)
    end
  end

  return {call = by_the_clock(real.call), pcall = by_the_clock(real.pcall)}
end)()

