// Adds to Redis in batches: what comes while one batch is being fsynced shares the next.
import type { Redis } from "ioredis";
import { pipeScript } from "../lib/redis-script.ts";
import type { QueueItem } from "./port.ts";
import { type Durability, parseInfo } from "./redis-check.ts";
import type { Groups } from "./redis-groups.ts";
import { ADD } from "./redis-scripts.ts";

/** GitHub waits 10 s for an answer. */
const FSYNC_TIMEOUT_MS = 8_000;
/** The rest of Redis' memory is for who works the queue off: where nothing can be written, nothing can be taken off. */
const FULL_AT = 0.9;

interface Pending {
  item: QueueItem;
  resolve(added: boolean): void;
  reject(error: unknown): void;
}

/** Resolves with whether the item is new, once it is on disk. Rejects when Redis can not be reached: it does not wait. */
export function redisAdder(producer: Redis, groups: Groups, durability: Durability) {
  let pending: Pending[] = [];
  let busy = false;
  let full = false;

  async function flush(): Promise<void> {
    busy = true;
    while (pending.length > 0) {
      const batch = pending;
      pending = [];
      try {
        const answers = await send(batch.map(({ item }) => item));
        for (const [at, { resolve }] of batch.entries()) resolve(answers[at]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy = false;
  }

  async function send(items: QueueItem[]): Promise<boolean[]> {
    if (full) full = isFull(await producer.info("memory"));
    if (full) throw new Error(`Redis has no room: it uses more than ${FULL_AT * 100} % of its maxmemory`);
    const pipeline = producer.pipeline();
    pipeScript(pipeline, ADD, await Promise.all(items.map(groups.addCall)));
    pipeline.info("memory");
    if (durability === "waitaof") pipeline.call("WAITAOF", "1", "0", String(FSYNC_TIMEOUT_MS));
    const answers = (await pipeline.exec()) ?? [];
    for (const [error] of answers) if (error) throw error;
    full = isFull(answers[items.length]![1] as string);
    if (durability === "waitaof") {
      const [fsynced] = answers.at(-1)![1] as [number, number];
      if (Number(fsynced) < 1) throw new Error(`Redis did not write to disk within ${FSYNC_TIMEOUT_MS} ms`);
    }
    return items.map((_, at) => Number(answers[at]![1]) === 1);
  }

  return (item: QueueItem): Promise<boolean> =>
    new Promise((resolve, reject) => {
      pending.push({ item, resolve, reject });
      if (!busy) queueMicrotask(() => void (busy || flush()));
    });
}

function isFull(told: string): boolean {
  const info = parseInfo(told);
  const most = Number(info.get("maxmemory") ?? 0);
  return most > 0 && Number(info.get("used_memory")) > most * FULL_AT;
}
