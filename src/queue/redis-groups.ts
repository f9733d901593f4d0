// What the queue keeps in Redis beside BullMQ: items, one list of ids per group, a lock per group. Each change is one script.
import type { Redis } from "ioredis";
import { REMEMBER_MS } from "./backoff.ts";
import type { DeadLetter, QueueItem } from "./port.ts";

export interface HeldItem extends QueueItem {
  attempts: number;
}

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
  };
};

// Returns 1 when added, 0 when the id is remembered.
const ADD = `
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[4]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[2])
return 1`;

// Gives up the lock, but only of an empty group: whoever added meanwhile relies on the holder. Returns 1 when given up.
const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 1 end
if redis.call('LLEN', KEYS[2]) > 0 then return 0 end
redis.call('SREM', KEYS[3], ARGV[2])
redis.call('DEL', KEYS[1])
return 1`;

const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const DONE = `redis.call('LREM', KEYS[1], 1, ARGV[1]) return redis.call('HDEL', KEYS[2], ARGV[1])`;
const BURY = `
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
return 1`;

export type Groups = ReturnType<typeof redisGroups>;

export function redisGroups(redis: Redis, name: string) {
  const key = keysOf(name);
  return {
    /** The script of `add` for a pipeline; `redis` may be another connection. */
    addScript: ({ id, group, payload }: QueueItem): [string, number, ...string[]] => [
      ADD,
      4,
      key.seen(id),
      key.items,
      key.list(group),
      key.groups,
      id,
      group,
      JSON.stringify({ id, group, payload, attempts: 0 }),
      String(REMEMBER_MS),
    ],
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
        const text = await redis.hget(key.items, id);
        if (text !== null) return JSON.parse(text) as HeldItem;
        await redis.lrem(key.list(group), 1, id);
      }
    },
    done: ({ id, group }: QueueItem) => redis.eval(DONE, 2, key.list(group), key.items, id),
    failed: (item: HeldItem) => redis.hset(key.items, item.id, JSON.stringify(item)),
    bury: (letter: DeadLetter) =>
      redis.eval(
        BURY,
        4,
        key.list(letter.group),
        key.items,
        key.dead,
        key.deadAt,
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
      const item = JSON.stringify({ id, group, payload, attempts: 0 });
      const keys = [key.list(group), key.items, key.dead, key.deadAt, key.groups];
      return Number(await redis.eval(REVIVE, 5, ...keys, id, item, group)) === 1 ? group : undefined;
    },
    depth: () => redis.hlen(key.items),
  };
}
