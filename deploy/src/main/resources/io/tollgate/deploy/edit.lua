-- Replaces the edited rules when their version is still the expected one.
-- KEYS[1] the hash; ARGV: expected version, new version, new document.
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'document', ARGV[3])
return 1
