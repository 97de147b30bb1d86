redis.call('SET', KEYS[1], ARGV[1], 'PX', 1000)
redis.call('HSET', KEYS[2], 'field', ARGV[1])
redis.call('PEXPIRE', KEYS[2], 1000)
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[2], 'gone')
redis.call('DEL', KEYS[3])
local sum = redis.call('DECRBY', KEYS[1], 2)
return {redis.pcall('SET', KEYS[1], '1', 'GET'), sum, redis.call('GET', KEYS[1]), redis.call('HGET', KEYS[2], 'field')}
