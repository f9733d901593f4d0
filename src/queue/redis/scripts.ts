// Every change to the queue in Redis: one script each, so that it is made whole or not at all.
import { redisScript } from "../../lib/redis/script.ts";
import type { QueueItem } from "../port.ts";
import type { Keys } from "./keys.ts";

export const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// Returns 1 when added, 0 when the id is remembered, or what happened under another name. From KEYS[10] on come pairs:
// another name as an id, and as another name. ARGV[5] is kept with the id: by when it was so. A group that somebody has
// the lock of is gone on with by them.
export const addKeys = (key: Keys, { id, group, also = [] }: QueueItem): string[] => [
  ...[key.seen(id), key.items, key.list(group), key.groups, key.waitingAt, key.since, key.also(id)],
  ...[key.lock(group), key.ready],
  ...also.flatMap((name) => [key.seen(name), key.also(name)]),
];

export const ADD = redisScript(`
if redis.call('EXISTS', KEYS[7]) == 1 then return 0 end
if not redis.call('SET', KEYS[1], ARGV[5], 'NX', 'PX', ARGV[4]) then return 0 end
local known = false
for i = 10, #KEYS, 2 do
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
if redis.call('EXISTS', KEYS[8]) == 0 then redis.call('ZADD', KEYS[9], 'NX', now, ARGV[2]) end
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

export const takeKeys = (key: Keys, token: string): string[] => [
  ...[key.ready, key.at(token), key.items, key.taken, key.crashes, key.groups, key.waitingAt],
];

// ARGV: token, milliseconds that a lock holds, what keys of locks begin with, what keys of lists do. \`take\` takes the first
// item of the group that the token has the lock of, else of the one that has been ready longest, and locks that: returns
// it, 0, and how many more are ready. Where who took it before neither ended it nor gave it back, the item is not taken, but
// returned with the number of those that have died at it; it may be taken the next time. An empty group is let go. Who
// gets no answer and asks again gets the same.
const TAKE_FROM = `
local function first(group)
  local lock, list = ARGV[3] .. group, ARGV[4] .. group
  while true do
    local id = redis.call('LINDEX', list, 0)
    if not id then
      redis.call('SREM', KEYS[6], group)
      redis.call('DEL', lock)
      return false
    end
    local held = redis.call('HGET', KEYS[3], id)
    if held then
      redis.call('SET', lock, ARGV[1], 'PX', ARGV[2])
      redis.call('SET', KEYS[2], group, 'PX', ARGV[2])
      local before = redis.call('HGET', KEYS[4], id)
      if before and before ~= ARGV[1] then
        redis.call('HDEL', KEYS[4], id)
        return {held, redis.call('HINCRBY', KEYS[5], id, 1), redis.call('ZCARD', KEYS[1])}
      end
      redis.call('HSET', KEYS[4], id, ARGV[1])
      return {held, 0, redis.call('ZCARD', KEYS[1])}
    end
    redis.call('LPOP', list)
  end
end
local function take(group)
  if group and redis.call('GET', ARGV[3] .. group) == ARGV[1] then
    local taken = first(group)
    if taken then return taken end
  end
  while true do
    group = redis.call('ZPOPMIN', KEYS[1])[1]
    if not group then return false end
    if redis.call('EXISTS', ARGV[3] .. group) == 0 then
      local taken = first(group)
      if taken then return taken end
    end
  end
end`;

// ARGV[5]: the group of what the token worked on before, if anything: longer perhaps than Redis remembers where it is.
export const TAKE = redisScript(`${TAKE_FROM}
return take(redis.call('GET', KEYS[2]) or ARGV[5])`);

// ARGV[5]: id, ARGV[6]: its group, which the token may have left already. Also by who was thought dead: what is done is done.
export const DONE = redisScript(`${TAKE_FROM}
redis.call('ZREM', KEYS[7], ARGV[5])
redis.call('LREM', ARGV[4] .. ARGV[6], 1, ARGV[5])
redis.call('HDEL', KEYS[4], ARGV[5])
redis.call('HDEL', KEYS[5], ARGV[5])
redis.call('HDEL', KEYS[3], ARGV[5])
return take(redis.call('GET', KEYS[2]) or ARGV[6])`);

export const readyKeys = (key: Keys, group: string): string[] => [
  key.lock(group),
  key.list(group),
  key.ready,
];

/** What the lock of a group says while it rests; no token is called so. */
const RESTING = "resting";

// ARGV[1]: group. It has its turn, if it has items and nobody is at work on it. Returns for how many milliseconds it still
// rests: whoever wakes may have a clock that is ahead of Redis'.
export const READY = redisScript(`
local owner = redis.call('GET', KEYS[1])
if owner == '${RESTING}' then return math.max(redis.call('PTTL', KEYS[1]), 1) end
if owner or redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
${NOW}
redis.call('ZADD', KEYS[3], 'NX', now, ARGV[1])
return 0`);

export const rescueKeys = (key: Keys): string[] => [key.groups, key.ready];

// ARGV: what keys of locks begin with, where to go on. Groups that nobody is at work on have their turn. Looks at some,
// since Redis does nothing else meanwhile: returns where to go on, "0" at the end, and how many groups are ready.
export const RESCUE = redisScript(`
${NOW}
local seen = redis.call('SSCAN', KEYS[1], ARGV[2], 'COUNT', 500)
for _, group in ipairs(seen[2]) do
  if redis.call('EXISTS', ARGV[1] .. group) == 0 then redis.call('ZADD', KEYS[2], 'NX', now, group) end
end
return {seen[1], redis.call('ZCARD', KEYS[2])}`);

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

export const restKeys = (key: Keys, group: string, token: string): string[] => [
  ...[key.taken, key.items, key.lock(group), key.ready, key.at(token)],
];

// ARGV: id, token, the line before its payload from now on, milliseconds, group. Leaves the item at the head of its group,
// which stays locked for so long, so that nothing overtakes the item; 0, or where somebody who was late has ended the item:
// the group has its turn at once.
export const REST = redisScript(`${PAYLOAD_OF}${MINE}
redis.call('DEL', KEYS[5])
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held then redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. payloadOf(held)) end
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return end
if held and ARGV[4] ~= '0' then return redis.call('SET', KEYS[3], '${RESTING}', 'PX', ARGV[4]) end
redis.call('DEL', KEYS[3])
${NOW}
redis.call('ZADD', KEYS[4], 'NX', now, ARGV[5])`);

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
