// What the queue keeps in Redis beside BullMQ: items, one list of ids per group, a lock per group. Each change is one script.
import type { Redis } from "ioredis";
import { REMEMBER_MS } from "./backoff.ts";
import { decodeHeld, encodeHeld, type HeldItem, headOf } from "./held.ts";
import type { QueueItem, QueueState } from "./port.ts";
import { redisDead } from "./redis-dead.ts";
import { type Keys, keysOf } from "./redis-keys.ts";
import { ADD, DONE, GIVE_BACK, RELEASE, RENEW, STATE, TAKE, TURN, UNLOCK } from "./redis-scripts.ts";

export type Groups = ReturnType<typeof redisGroups>;

export function redisGroups(redis: Redis, name: string) {
  const key = keysOf(name);
  return {
    /** For a pipeline; `redis` may be another connection. */
    addScript: (item: QueueItem) => addScript(key, item),
    ...asked(redis, key),
    /** Groups that have items. */
    groups: () => redis.smembers(key.groups),
    /** True also for who has it: whoever got no answer asks again. */
    lock: async (group: string, token: string, ms: number) =>
      Number(await redis.eval(TURN, 1, key.lock(group), token, String(ms))) === 1,
    /** False when the lock was lost. */
    renew: async (group: string, token: string, ms: number) =>
      Number(await redis.eval(RENEW, 1, key.lock(group), token, String(ms))) === 1,
    unlock: (group: string, token: string) => redis.eval(UNLOCK, 1, key.lock(group), token),
    /** True when the group is empty and let go; false when there is more to do. */
    release: async (group: string, token: string) =>
      Number(await redis.eval(RELEASE, 3, key.lock(group), key.list(group), key.groups, token, group)) === 1,
    /** The first item of the group. `crashes` is not 0: it is not taken, and so many have died at it by now. */
    async take(group: string, token: string): Promise<{ item: HeldItem; crashes: number } | undefined> {
      const keys = [key.list(group), key.items, key.taken, key.crashes];
      const answer = (await redis.callBuffer("EVAL", TAKE, keys.length, ...keys, token)) as
        | [Buffer, number]
        | null;
      return answer ? { item: await decodeHeld(answer[0]), crashes: Number(answer[1]) } : undefined;
    },
    done: ({ id, group }: QueueItem) =>
      redis.eval(DONE, 5, key.list(group), key.items, key.waitingAt, key.taken, key.crashes, id),
    /** Leaves the item at the head of its group. */
    giveBack: ({ id }: QueueItem, token: string) => redis.eval(GIVE_BACK, 2, key.taken, key.items, id, token),
    failed: (item: HeldItem, token: string) =>
      redis.eval(GIVE_BACK, 2, key.taken, key.items, item.id, token, headOf(item)),
    ...redisDead(redis, key),
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
    const keys = [key.items, key.dead, key.waitingAt, key.since, key.dropped];
    const told = (await redis.eval(STATE, keys.length, ...keys)) as string[];
    const [waiting, dead, oldest, since, dropped] = told;
    const time = (text = "") => new Date(Number(text)).toISOString();
    return {
      ...{ waiting: Number(waiting), dead: Number(dead), since: time(since) },
      ...(oldest && { oldest: time(oldest) }),
      ...(Number(dropped) > 0 && { dropped: Number(dropped) }),
    };
  },
  turn: async (name: string, owner: string, forMs: number) =>
    Number(await redis.eval(TURN, 1, key.turn(name), owner, String(forMs))) === 1,
  async remembered(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const found = await redis.mget(...ids.flatMap((id) => [key.seen(id), key.also(id)]));
    return new Set(ids.filter((_, at) => found[2 * at] !== null || found[2 * at + 1] !== null));
  },
});
