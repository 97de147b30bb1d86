-- Stands before the text of a script that is to answer as ever but leave no trace. It hides Redis's
-- functions: what reads goes through, what would write only answers as if it had. A command that it
-- does not know is an error, so that nothing new writes by mistake.
--
-- Scripts write at their end what they have read at their start. Only sums are read again in between.

local redis = (function(real)
  local READS = {
    GET = true, HGET = true, HMGET = true, HGETALL = true, SISMEMBER = true, SMISMEMBER = true,
    PTTL = true, TIME = true, XLEN = true, XREVRANGE = true
  }
  local sums = {}

  local function add(key, amount)
    sums[key] = (sums[key] or tonumber(real.call('GET', key) or 0)) + amount
    return sums[key]
  end

  local function set(key, value, ...)
    for _, option in ipairs({...}) do
      if option == 'GET' then
        return real.pcall('GET', key)
      end
    end
    return {ok = 'OK'}
  end

  local WRITES = {
    SET = set,
    INCRBY = function(key, amount) return add(key, tonumber(amount)) end,
    DECRBY = function(key, amount) return add(key, -tonumber(amount)) end,
    SADD = function(key, member) return 1 - real.call('SISMEMBER', key, member) end,
    SREM = function() return 1 end,
    HSET = function() return 0 end,
    HDEL = function() return 0 end,
    DEL = function() return 0 end,
    PEXPIRE = function() return 1 end,
    XADD = function() return '0-0' end,
    XDEL = function() return 1 end
  }

  local function instead(ask)
    return function(command, ...)
      local key = ...
      if command == 'GET' and sums[key] then
        return string.format('%d', sums[key])
      elseif READS[command] then
        return ask(command, ...)
      elseif WRITES[command] then
        return WRITES[command](...)
      end
      error('ERR ' .. command .. ' is not known to a script that must not write', 0)
    end
  end

  return setmetatable({call = instead(real.call), pcall = instead(real.pcall)}, {__index = real})
end)(redis)

