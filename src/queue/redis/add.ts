// Adds to Redis in batches: what comes while one batch is being fsynced shares the next.
import type { Redis } from "ioredis";
import { pipeScript } from "../../lib/redis/script.ts";
import { inTurn } from "../../lib/waiting/in-turn.ts";
import type { QueueItem } from "../port.ts";
import { type Durability, parseInfo } from "./check.ts";
import type { Groups } from "./groups.ts";
import { ADD } from "./scripts.ts";

/** GitHub waits 10 s for an answer. */
const FSYNC_TIMEOUT_MS = 8_000;
/** The rest of Redis' memory is for who works the queue off: where nothing can be written, nothing can be taken off. */
const FULL_AT = 0.9;

/** Resolves with whether the item is new, once it is on disk. Rejects when Redis can not be reached: it does not wait. */
export function redisAdder(
  producer: Redis,
  groups: Groups,
  durability: Durability,
): (item: QueueItem) => Promise<boolean> {
  let full = false;

  async function send(items: readonly QueueItem[]): Promise<Map<QueueItem, boolean>> {
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
    return new Map(items.map((item, at) => [item, Number(answers[at]![1]) === 1]));
  }

  const sent = inTurn(send);
  return async (item) => (await sent(item)).get(item)!;
}

function isFull(told: string): boolean {
  const info = parseInfo(told);
  const most = Number(info.get("maxmemory") ?? 0);
  return most > 0 && Number(info.get("used_memory")) > most * FULL_AT;
}
