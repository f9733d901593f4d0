// What replicas share, in the Redis of their queue: bounded, since that Redis never makes room by itself.
import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Logger } from "../lib/logger.ts";
import { impatientRedis } from "../lib/redis/impatient.ts";
import { type Script, scriptsTogether } from "../lib/redis/script.ts";
import { inTurn } from "../lib/waiting/in-turn.ts";
import { LARGEST_PART, MOST_KEPT, MOST_NEWS, MOST_NEWS_BYTES, NEWS_FOR_MS } from "./bounds.ts";
import { SharedError } from "./error.ts";
import type { Mark, Shared } from "./port.ts";
import { GET, PUT, SWAP, TELL, TOLD } from "./redis-scripts.ts";

export interface RedisOptions {
  /** `redis://[:password@]host[:port][/db]` or `rediss://…`. */
  url: string;
  log: Logger;
  /** Who shares; several may use one Redis. */
  name?: string;
  maxBytes?: number;
  /** Who waits longer for an answer goes on without. */
  commandMs?: number;
}

/** Nobody waits longer for what is only a saving. */
const COMMAND_MS = 500;
/** It is tried again so often. */
const RECONNECT_MS = 1_000;

/** All under one hash tag, so that a Redis cluster keeps them in one slot. */
const keysOf = (name: string) => {
  const prefix = `{cutwater:shared:${name}}`;
  return {
    kept: `${prefix}:kept:`,
    bounds: [`${prefix}:uses`, `${prefix}:sizes`, `${prefix}:counts`],
    cell: (key: string) => `${prefix}:cell:${key}`,
    log: (log: string) => [`${prefix}:news:${log}`, `${prefix}:mark:${log}`],
  };
};

/** Connects in the background: whoever cannot reach it goes on without. */
export async function redisShared(options: RedisOptions): Promise<Shared> {
  const { url, log, name = "github", maxBytes = MOST_KEPT, commandMs = COMMAND_MS } = options;
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    ...impatientRedis({ commandMs, silentMs: 10 * commandMs }),
    connectTimeout: 10 * COMMAND_MS,
    retryStrategy: () => RECONNECT_MS,
  });
  redis.on("error", (error) => log.debug({ error: error.message }, "Redis can not be reached"));
  await redis.connect().catch(() => {});
  const run = scripts(redis);
  const key = keysOf(name);
  const largest = Math.floor(maxBytes / LARGEST_PART);
  const lines = new Map<string, (text: string) => Promise<void>>();

  async function tell(log: string, texts: readonly string[]): Promise<void> {
    await run(TELL, key.log(log), [MOST_NEWS, NEWS_FOR_MS, randomUUID(), MOST_NEWS_BYTES, ...texts]);
  }

  return {
    async get(wanted) {
      const value = await run(GET, [`${key.kept}${wanted}`, ...key.bounds], [wanted]);
      return value === null ? undefined : String(value);
    },
    async put(wanted, value, forMs) {
      const bounds = [maxBytes, largest, key.kept];
      await run(PUT, [`${key.kept}${wanted}`, ...key.bounds], [wanted, value, Math.ceil(forMs), ...bounds]);
    },
    async swap(wanted, before, after, forMs) {
      const is = before === undefined ? [0, ""] : [1, before];
      const answer = await run(SWAP, [key.cell(wanted)], [...is, after, Math.ceil(forMs)]);
      if (answer === 1) return { isDone: true };
      return { isDone: false, held: answer === null ? undefined : String(answer) };
    },
    tell(log, text) {
      const line = lines.get(log) ?? inTurn((texts: readonly string[]) => tell(log, texts));
      lines.set(log, line);
      return line(text);
    },
    async told(log, since) {
      const { epoch, at } = since ?? { epoch: "", at: 0 };
      const answer = (await run(TOLD, key.log(log), [epoch, at, randomUUID()])) as Told;
      const mark: Mark = { epoch: String(answer[0]), at: Number(answer[1]) };
      if (!since) return { texts: [], mark };
      return { texts: Number(answer[2]) === 1 ? answer[3].map(String) : undefined, mark };
    },
    async close() {
      redis.disconnect();
    },
  };
}

type Told = [epoch: Buffer, at: number, whole: number, texts: Buffer[]];

function scripts(redis: Redis) {
  const together = scriptsTogether(redis);
  return (script: Script, keys: string[], args: (string | number)[]): Promise<unknown> =>
    saidSoon(together({ script, keys, arguments: args }));
}

async function saidSoon<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new SharedError(`Redis: ${(error as Error).message}`);
  }
}
