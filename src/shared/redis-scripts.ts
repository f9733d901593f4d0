// What is done in Redis in one step: values that make room for each other, cells that are swapped, logs of news.
import { redisScript } from "../lib/redis/script.ts";

/** KEYS: value, uses, sizes, counts. ARGV: key. */
export const GET = redisScript(`
local value = redis.call('GET', KEYS[1])
if value then
  redis.call('ZADD', KEYS[2], 'XX', redis.call('HINCRBY', KEYS[4], 'uses', 1), ARGV[1])
  return value
end
local size = redis.call('HGET', KEYS[3], ARGV[1])
if size then
  redis.call('HINCRBY', KEYS[4], 'size', -size)
  redis.call('HDEL', KEYS[3], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return false`);

/** KEYS as for GET. ARGV: key, value, milliseconds, most bytes, largest value, what keys of values begin with. */
export const PUT = redisScript(`
local key, value = ARGV[1], ARGV[2]
local old = redis.call('HGET', KEYS[3], key)
if old then
  redis.call('HINCRBY', KEYS[4], 'size', -old)
  redis.call('HDEL', KEYS[3], key)
  redis.call('ZREM', KEYS[2], key)
  redis.call('DEL', KEYS[1])
end
local size = #key + #value
if size > tonumber(ARGV[5]) then return 0 end
redis.call('SET', KEYS[1], value, 'PX', ARGV[3])
redis.call('HSET', KEYS[3], key, size)
redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[4], 'uses', 1), key)
local total = redis.call('HINCRBY', KEYS[4], 'size', size)
while total > tonumber(ARGV[4]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
  if not oldest then return 1 end
  redis.call('DEL', ARGV[6] .. oldest)
  total = redis.call('HINCRBY', KEYS[4], 'size', -(redis.call('HGET', KEYS[3], oldest) or 0))
  redis.call('HDEL', KEYS[3], oldest)
end
return 1`);

/** KEYS: cell. ARGV: whether it is there, before, after, milliseconds. Returns 1, or what it is now when it was not so. */
export const SWAP = redisScript(`
local held = redis.call('GET', KEYS[1])
if held ~= (ARGV[1] == '1' and ARGV[2]) then return held end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return 1`);

/** KEYS: list, mark. ARGV: most, milliseconds, epoch if there is none, most bytes, texts. */
export const TELL = redisScript(`
redis.call('HSETNX', KEYS[2], 'epoch', ARGV[3])
redis.call('HINCRBY', KEYS[2], 'told', #ARGV - 4)
local texts = redis.call('LLEN', KEYS[1])
if texts == 0 or redis.call('HEXISTS', KEYS[2], 'bytes') == 0 then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'bytes', 0)
end
local more = 0
for n = 5, #ARGV do
  texts = redis.call('RPUSH', KEYS[1], ARGV[n])
  more = more + #ARGV[n]
end
local bytes = redis.call('HINCRBY', KEYS[2], 'bytes', more)
while texts > tonumber(ARGV[1]) or bytes > tonumber(ARGV[4]) do
  bytes = redis.call('HINCRBY', KEYS[2], 'bytes', -#redis.call('LPOP', KEYS[1]))
  texts = texts - 1
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

/** KEYS as for TELL. ARGV: epoch and place of the mark, epoch if there is none. Returns epoch, place, whether whole, texts. */
export const TOLD = redisScript(`
redis.call('HSETNX', KEYS[2], 'epoch', ARGV[3])
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local told = tonumber(redis.call('HGET', KEYS[2], 'told') or 0)
local missing = told - tonumber(ARGV[2])
if epoch ~= ARGV[1] or missing < 0 or missing > redis.call('LLEN', KEYS[1]) then return {epoch, told, 0, {}} end
if missing == 0 then return {epoch, told, 1, {}} end
return {epoch, told, 1, redis.call('LRANGE', KEYS[1], -missing, -1)}`);
