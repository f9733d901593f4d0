// What the queue keeps in Redis beside BullMQ: items, one list of ids per group, a lock per group. Each change is one script.
import type { Redis } from "ioredis";
import { REMEMBER_MS } from "./backoff.ts";
import { decodeHeld, encodeHeld, type HeldItem } from "./held.ts";
import type { DeadLetter, QueueItem, QueueState } from "./port.ts";

/** All under one hash tag, so that a Redis cluster keeps them in one slot. */
const keysOf = (name: string) => {
  const prefix = `{cutwater:${name}}`;
  return {
    seen: (id: string) => `${prefix}:seen:${id}`,
    list: (group: string) => `${prefix}:group:${group}`,
    lock: (group: string) => `${prefix}:lock:${group}`,
    items: `${prefix}:items`,
    groups: `${prefix}:groups`,
    dead: `${prefix}:dead`,
    deadAt: `${prefix}:dead-at`,
    /** Under which other names the id's happening was told. */
    also: (id: string) => `${prefix}:also:${id}`,
    waitingAt: `${prefix}:waiting-at`,
    since: `${prefix}:since`,
    turn: (name: string) => `${prefix}:turn:${name}`,
  };
};

const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

type Keys = ReturnType<typeof keysOf>;

// Returns 1 when added, 0 when the id is remembered, or what happened under another name. From KEYS[8] on come pairs:
// another name as an id, and as another name.
const ADD = `
if redis.call('EXISTS', KEYS[7]) == 1 then return 0 end
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[4]) then return 0 end
local known = false
for i = 8, #KEYS, 2 do
  if redis.call('EXISTS', KEYS[i]) == 1 then known = true end
  redis.call('SET', KEYS[i + 1], '1', 'PX', ARGV[4])
end
if known then return 0 end
${NOW}
redis.call('SET', KEYS[6], now, 'NX')
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[2])
redis.call('ZADD', KEYS[5], now, ARGV[1])
return 1`;

const STATE = `
${NOW}
redis.call('SET', KEYS[4], now, 'NX')
return {redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[2]), redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2] or '', redis.call('GET', KEYS[4])}`;

// Gives up the lock, but only of an empty group: whoever added meanwhile relies on the holder. Returns 1 when given up.
const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 1 end
if redis.call('LLEN', KEYS[2]) > 0 then return 0 end
redis.call('SREM', KEYS[3], ARGV[2])
redis.call('DEL', KEYS[1])
return 1`;

const TURN = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const DONE = `
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('LREM', KEYS[1], 1, ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])`;
const BURY = `
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
return redis.call('ZADD', KEYS[4], ARGV[3], ARGV[1])`;
const REVIVE = `
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then return 0 end
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('SADD', KEYS[5], ARGV[3])
${NOW}
redis.call('ZADD', KEYS[6], now, ARGV[1])
return 1`;

export type Groups = ReturnType<typeof redisGroups>;

export function redisGroups(redis: Redis, name: string) {
  const key = keysOf(name);
  return {
    /** For a pipeline; `redis` may be another connection. */
    addScript: (item: QueueItem) => addScript(key, item),
    ...asked(redis, key),
    /** Groups that have items. */
    groups: () => redis.smembers(key.groups),
    lock: async (group: string, token: string, ms: number) =>
      (await redis.set(key.lock(group), token, "PX", ms, "NX")) === "OK",
    /** False when the lock was lost. */
    renew: async (group: string, token: string, ms: number) =>
      Number(await redis.eval(RENEW, 1, key.lock(group), token, String(ms))) === 1,
    unlock: (group: string, token: string) => redis.eval(UNLOCK, 1, key.lock(group), token),
    /** True when the group is empty and let go; false when there is more to do. */
    release: async (group: string, token: string) =>
      Number(await redis.eval(RELEASE, 3, key.lock(group), key.list(group), key.groups, token, group)) === 1,
    async head(group: string): Promise<HeldItem | undefined> {
      for (;;) {
        const id = await redis.lindex(key.list(group), 0);
        if (id === null) return undefined;
        const bytes = await redis.hgetBuffer(key.items, id);
        if (bytes !== null) return decodeHeld(bytes);
        await redis.lrem(key.list(group), 1, id);
      }
    },
    done: ({ id, group }: QueueItem) => redis.eval(DONE, 3, key.list(group), key.items, key.waitingAt, id),
    failed: async (item: HeldItem) => redis.hset(key.items, item.id, await encodeHeld(item)),
    bury: (letter: DeadLetter) =>
      redis.eval(
        BURY,
        5,
        key.list(letter.group),
        key.items,
        key.dead,
        key.deadAt,
        key.waitingAt,
        letter.id,
        JSON.stringify(letter),
        String(Date.parse(letter.failedAt)),
      ),
    async dead(limit: number): Promise<DeadLetter[]> {
      const ids = await redis.zrevrange(key.deadAt, 0, limit - 1);
      const texts = ids.length > 0 ? await redis.hmget(key.dead, ...ids) : [];
      return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as DeadLetter]));
    },
    /** The group of the item that is back in line; undefined when there is no dead letter of that id. */
    async revive(id: string): Promise<string | undefined> {
      const text = await redis.hget(key.dead, id);
      if (text === null) return undefined;
      const { group, payload } = JSON.parse(text) as DeadLetter;
      const item = await encodeHeld({ id, group, payload, attempts: 0 });
      const keys = [key.list(group), key.items, key.dead, key.deadAt, key.groups, key.waitingAt];
      return Number(await redis.eval(REVIVE, keys.length, ...keys, id, item, group)) === 1
        ? group
        : undefined;
    },
    depth: () => redis.hlen(key.items),
  };
}

type Script = [script: string, keys: number, ...(string | Buffer)[]];

async function addScript(key: Keys, { id, group, payload, also = [] }: QueueItem): Promise<Script> {
  const names = also.flatMap((name) => [key.seen(name), key.also(name)]);
  const own = [key.seen(id), key.items, key.list(group), key.groups, key.waitingAt, key.since];
  const keys = [...own, key.also(id), ...names];
  const held = await encodeHeld({ id, group, payload, attempts: 0 });
  return [ADD, keys.length, ...keys, id, group, held, String(REMEMBER_MS)];
}

/** What the queue is asked beside its work. */
const asked = (redis: Redis, key: Keys) => ({
  async state(): Promise<QueueState> {
    const keys = [key.items, key.dead, key.waitingAt, key.since];
    const [waiting, dead, oldest, since] = (await redis.eval(STATE, keys.length, ...keys)) as string[];
    const time = (text = "") => new Date(Number(text)).toISOString();
    return {
      ...{ waiting: Number(waiting), dead: Number(dead), since: time(since) },
      ...(oldest && { oldest: time(oldest) }),
    };
  },
  async eachDead(limit: number, see: (letter: DeadLetter) => void): Promise<void> {
    for (const id of await redis.zrevrange(key.deadAt, 0, limit - 1)) {
      const text = await redis.hget(key.dead, id);
      if (text !== null) see(JSON.parse(text) as DeadLetter);
    }
  },
  turn: async (name: string, owner: string, forMs: number) =>
    Number(await redis.eval(TURN, 1, key.turn(name), owner, String(forMs))) === 1,
  async remembered(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const found = await redis.mget(...ids.flatMap((id) => [key.seen(id), key.also(id)]));
    return new Set(ids.filter((_, at) => found[2 * at] !== null || found[2 * at + 1] !== null));
  },
});
