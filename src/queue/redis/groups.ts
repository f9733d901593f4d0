// What the queue keeps in Redis beside BullMQ: items, one list of ids per group, a lock per group. Each change is one script.
import type { Redis } from "ioredis";
import { runScript, type Script, scriptsTogether } from "../../lib/redis/script.ts";
import { REMEMBER_MS } from "../figures.ts";
import type { QueueItem, QueueState } from "../port.ts";
import { parseInfo } from "./check.ts";
import { redisDead } from "./dead.ts";
import { decodeHeld, encodeHeld, type HeldItem, headOf } from "./held.ts";
import { type Keys, keysOf } from "./keys.ts";
import {
  addKeys,
  CLAIM,
  claimKeys,
  DONE,
  READY,
  RENEW,
  RESCUE,
  REST,
  readyKeys,
  rescueKeys,
  restKeys,
  STATE,
  stateKeys,
  TAKE,
  TURN,
  takeKeys,
} from "./scripts.ts";

export type Groups = ReturnType<typeof redisGroups>;

export interface Taken {
  item: HeldItem;
  /** Not 0: it is not taken, and so many have died at it by now. */
  crashes: number;
  /** Groups that have work beside this one, and that nobody is at work on. */
  ready: number;
}

export function redisGroups(redis: Redis, name: string) {
  const key = keysOf(name);
  const prefixes = [key.lock(""), key.list("")];
  const together = scriptsTogether(redis, { again: true });
  const take = async (
    script: Script,
    token: string,
    ms: number,
    ...more: string[]
  ): Promise<Taken | undefined> => {
    const given = [token, ms, ...prefixes, ...more];
    const answer = await together({ script, keys: takeKeys(key, token), arguments: given });
    if (!answer) return undefined;
    const [held, crashes, ready] = answer as [Buffer, number, number];
    return { item: await decodeHeld(held), crashes: Number(crashes), ready: Number(ready) };
  };
  return {
    /** For a pipeline; `redis` may be another connection. */
    addCall: (item: QueueItem) => addCall(key, item),
    ...asked(redis, key),
    /** Has groups worked on that nobody is at work on. */
    async rescue(): Promise<{ ready: number }> {
      let [cursor, ready] = ["0", 0];
      do {
        const answer = await runScript(redis, RESCUE, rescueKeys(key), [key.lock(""), cursor]);
        [cursor, ready] = answer as [string, number];
      } while (cursor !== "0");
      return { ready };
    },
    /** Has a group worked on that nobody is at work on; returns for how many milliseconds it still rests. */
    ready: async (group: string) => Number(await runScript(redis, READY, readyKeys(key, group), [group])),
    /**
     * The first item of the group that the token has the lock of, else of the one that has been ready longest, which is
     * locked for so long then; undefined: none is ready. `before`: what the token has worked on.
     */
    take: (token: string, ms: number, before?: QueueItem) =>
      take(TAKE, token, ms, ...(before ? [before.group] : [])),
    /** The same after an item that is done. */
    done: ({ id, group }: QueueItem, token: string, ms: number) => take(DONE, token, ms, id, group),
    /** False when the lock was lost. */
    renew: async (group: string, token: string, ms: number) =>
      Number(await runScript(redis, RENEW, [key.lock(group)], [token, ms])) === 1,
    /** Whether an item is still its worker's, though the lease may be over. */
    claim: async ({ id, group }: Pick<QueueItem, "id" | "group">, token: string, ms: number) =>
      Number(await runScript(redis, CLAIM, claimKeys(key, group), [id, token, ms])) === 1,
    /** Leaves the item at the head of its group, with so many attempts, and the group alone for so long. */
    rest: (item: HeldItem, token: string, ms: number) =>
      runScript(redis, REST, restKeys(key, item.group, token), [
        ...[item.id, token, headOf(item), ms, item.group],
      ]),
    ...redisDead(redis, key),
    depth: () => redis.hlen(key.items),
  };
}

async function addCall(key: Keys, item: QueueItem) {
  const { id, group, payload, asOf = 0 } = item;
  const held = await encodeHeld({ id, group, payload, attempts: 0 });
  return { keys: addKeys(key, item), arguments: [id, group, held, String(REMEMBER_MS), String(asOf)] };
}

function memoryOf(info: Map<string, string>): { used: number; max?: number } {
  const [used, max] = ["used_memory", "maxmemory"].map((name) => Number(info.get(name) ?? 0));
  return { used: used!, ...(max && { max }) };
}

/** What the queue is asked beside its work. */
const asked = (redis: Redis, key: Keys) => ({
  async state(): Promise<QueueState> {
    const [told, info] = await Promise.all([
      runScript(redis, STATE, stateKeys(key)) as Promise<string[]>,
      redis.info("memory"),
    ]);
    const [waiting, dead, oldest, since, dropped] = told;
    const time = (text = "") => new Date(Number(text)).toISOString();
    return {
      ...{ waiting: Number(waiting), dead: Number(dead), since: time(since) },
      ...(oldest && { oldest: time(oldest) }),
      ...(Number(dropped) > 0 && { dropped: Number(dropped) }),
      memory: memoryOf(parseInfo(info)),
    };
  },
  turn: async (name: string, owner: string, forMs: number) =>
    Number(await runScript(redis, TURN, [key.turn(name)], [owner, forMs])) === 1,
  async remembered(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const found = await redis.mget(...ids.flatMap((id) => [key.seen(id), key.also(id)]));
    return new Set(ids.filter((_, at) => found[2 * at] !== null || found[2 * at + 1] !== null));
  },
});
