-- Asks a server whether it can serve us, and who it is.
--
-- KEYS  one that the server would have, and that nobody sets
--
-- Whoever takes no writes refuses this one, though it would write nothing: the key is not there.
redis.call('SET', KEYS[1], '', 'XX')

-- A user may be denied INFO; then nobody knows who it is.
local function info(section, field)
  local text = redis.pcall('INFO', section)
  return type(text) == 'string' and string.match(text, field .. ':(%S+)') or ''
end

-- A replica may be set to take writes, which its master would undo.
if info('replication', 'role') == 'slave' then
  return redis.error_reply('READONLY this is a replica, and its master undoes what is written here')
end
return {info('server', 'run_id'), info('replication', 'master_replid')}
