// What makes an item in Redis a dead letter, and one of them an item again.
import { redisScript } from "../../lib/redis/script.ts";
import type { Keys } from "./keys.ts";
import { MINE, NOW, PAYLOAD_OF } from "./scripts.ts";

export const buryKeys = (key: Keys, group: string): string[] => [
  ...[key.taken, key.items, key.list(group), key.dead, key.deadAt, key.waitingAt, key.crashes],
  ...[key.deadBytes, key.dropped],
];

// ARGV[3] is the line before the payload, ARGV[4] how many bytes all may have. Returns how many, the oldest ones, had to make
// room for it. Several may come within a millisecond.
export const BURY = redisScript(`${PAYLOAD_OF}${MINE}
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('LREM', KEYS[3], 1, ARGV[1])
redis.call('HDEL', KEYS[7], ARGV[1])
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
local bytes = (redis.call('GET', KEYS[8]) or 0) - redis.call('HSTRLEN', KEYS[4], ARGV[1])
local letter = ARGV[3] .. payloadOf(held)
redis.call('HSET', KEYS[4], ARGV[1], letter)
local time = redis.call('TIME')
redis.call('ZADD', KEYS[5], string.format('%.3f', time[1] * 1000 + time[2] / 1000), ARGV[1])
bytes = bytes + #letter
local dropped = 0
while bytes > tonumber(ARGV[4]) and redis.call('ZCARD', KEYS[5]) > 1 do
  local oldest = redis.call('ZPOPMIN', KEYS[5])[1]
  bytes = bytes - redis.call('HSTRLEN', KEYS[4], oldest)
  redis.call('HDEL', KEYS[4], oldest)
  dropped = dropped + 1
end
redis.call('SET', KEYS[8], bytes)
if dropped > 0 then redis.call('INCRBY', KEYS[9], dropped) end
return dropped`);

export const reviveKeys = (key: Keys, group: string, token: string): string[] => [
  ...[key.list(group), key.items, key.dead, key.deadAt, key.groups, key.waitingAt, key.deadBytes],
  ...[key.lock(group), key.ready, key.revived(token)],
];

// ARGV: id, item, group, and for how many milliseconds it is remembered that this replay was made. Returns 1 when it was,
// also before: whoever got no answer asks again, when the item may be done already, or a dead letter once more.
export const REVIVE = redisScript(`
if redis.call('EXISTS', KEYS[10]) == 1 then return 1 end
local bytes = (redis.call('GET', KEYS[7]) or 0) - redis.call('HSTRLEN', KEYS[3], ARGV[1])
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then return 0 end
redis.call('SET', KEYS[7], bytes)
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('SADD', KEYS[5], ARGV[3])
${NOW}
redis.call('ZADD', KEYS[6], now, ARGV[1])
if redis.call('EXISTS', KEYS[8]) == 0 then redis.call('ZADD', KEYS[9], 'NX', now, ARGV[3]) end
redis.call('SET', KEYS[10], 1, 'PX', ARGV[4])
return 1`);
