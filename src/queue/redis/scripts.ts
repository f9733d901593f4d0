// Every change to the queue in Redis: one script each, so that it is made whole or not at all.
import { redisScript } from "../../lib/redis-script.ts";
import type { QueueItem } from "../port.ts";
import type { Keys } from "./keys.ts";

export const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// Returns 1 when added, 0 when the id is remembered, or what happened under another name. From KEYS[8] on come pairs:
// another name as an id, and as another name. ARGV[5] is kept with the id: by when it was so.
export const addKeys = (key: Keys, { id, group, also = [] }: QueueItem): string[] => [
  ...[key.seen(id), key.items, key.list(group), key.groups, key.waitingAt, key.since, key.also(id)],
  ...also.flatMap((name) => [key.seen(name), key.also(name)]),
];

export const ADD = redisScript(`
if redis.call('EXISTS', KEYS[7]) == 1 then return 0 end
if not redis.call('SET', KEYS[1], ARGV[5], 'NX', 'PX', ARGV[4]) then return 0 end
local known = false
for i = 8, #KEYS, 2 do
  local told = redis.call('GET', KEYS[i])
  if told and tonumber(ARGV[5]) <= tonumber(told) then known = true end
  redis.call('SET', KEYS[i + 1], '1', 'PX', ARGV[4])
end
if known then return 0 end
${NOW}
redis.call('SET', KEYS[6], now, 'NX')
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[2])
redis.call('ZADD', KEYS[5], now, ARGV[1])
return 1`);

export const stateKeys = (key: Keys): string[] => [
  key.items,
  key.dead,
  key.waitingAt,
  key.since,
  key.dropped,
];

export const STATE = redisScript(`
${NOW}
redis.call('SET', KEYS[4], now, 'NX')
return {redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[2]), redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2] or '', redis.call('GET', KEYS[4]), redis.call('GET', KEYS[5]) or '0'}`);

// KEYS[1] is a lock or a turn. Returns 1 when it is ours, also when it was before: whoever got no answer asks again.
export const TURN = redisScript(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

export const RENEW = redisScript(
  `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`,
);
export const UNLOCK = redisScript(
  `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`,
);

export const groupKeys = (key: Keys, group: string): string[] => [
  ...[key.lock(group), key.list(group), key.items, key.taken, key.crashes, key.groups, key.waitingAt],
];

// ARGV: token, group. Of a group whose lock we have, takes the
// first item: returns it and 0. Where who took it before neither ended it nor gave it back, the item is not taken, but
// returned with the number of those that have died at it; it may be taken the next time. An empty group is let go: whoever
// adds to it from now on wakes somebody.
const TAKE = `
local function take()
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
  while true do
    local id = redis.call('LINDEX', KEYS[2], 0)
    if not id then
      redis.call('SREM', KEYS[6], ARGV[2])
      redis.call('DEL', KEYS[1])
      return false
    end
    local held = redis.call('HGET', KEYS[3], id)
    if held then
      local before = redis.call('HGET', KEYS[4], id)
      if before and before ~= ARGV[1] then
        redis.call('HDEL', KEYS[4], id)
        return {held, redis.call('HINCRBY', KEYS[5], id, 1)}
      end
      redis.call('HSET', KEYS[4], id, ARGV[1])
      return {held, 0}
    end
    redis.call('LPOP', KEYS[2])
  end
end`;

export const NEXT = redisScript(`${TAKE}
return take()`);

// ARGV[3]: milliseconds that the lock holds.
export const BEGIN = redisScript(`${TAKE}
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return false end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return take()`);

// ARGV[3]: id. Also by who was thought dead: what is done is done.
export const DONE = redisScript(`${TAKE}
redis.call('ZREM', KEYS[7], ARGV[3])
redis.call('LREM', KEYS[2], 1, ARGV[3])
redis.call('HDEL', KEYS[4], ARGV[3])
redis.call('HDEL', KEYS[5], ARGV[3])
redis.call('HDEL', KEYS[3], ARGV[3])
return take()`);

export const strandedKeys = (key: Keys): string[] => [key.groups, key.waitingAt];

// ARGV: what keys of locks begin with, what keys of lists do, milliseconds. Groups that nobody is at
// work on though they have had an item for so long.
export const STRANDED = redisScript(`
${NOW}
local stranded = {}
for _, group in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[1] .. group) == 0 then
    local id = redis.call('LINDEX', ARGV[2] .. group, 0)
    local since = id and redis.call('ZSCORE', KEYS[2], id)
    if not since or now - since >= tonumber(ARGV[3]) then table.insert(stranded, group) end
  end
end
return stranded`);

/** With the end of the line before it. */
export const PAYLOAD_OF = `
local function payloadOf(held)
  return string.sub(held, (string.find(held, '\\n', 1, true)))
end`;

/** Who was thought dead has no say any more in what somebody else works on; KEYS[1] is what is taken. */
export const MINE = `
local taker = redis.call('HGET', KEYS[1], ARGV[1])
if taker and taker ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])`;

export const giveBackKeys = (key: Keys): string[] => [key.taken, key.items];

// Leaves the item at the head of its group, with ARGV[3] as the line before its payload.
export const GIVE_BACK = redisScript(`${PAYLOAD_OF}${MINE}
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. payloadOf(held))
return 1`);

export const claimKeys = (key: Keys, group: string): string[] => [key.taken, key.items, key.lock(group)];

// ARGV: id, token, milliseconds. For whose lease is over: 1 while nobody else has begun the item,
// which is its own again then, with the lock if that is free.
export const CLAIM = redisScript(`
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end
local taker = redis.call('HGET', KEYS[1], ARGV[1])
if taker and taker ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SET', KEYS[3], ARGV[2], 'NX', 'PX', ARGV[3])
return 1`);
