// Opens the queue that a URL names: `sqlite:FILE` for one process, `redis://…` for many.
import { join, parse } from "node:path";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { placeOf } from "../lib/place.ts";
import type { BackOff } from "../lib/waiting/back-off.ts";
import type { Queue } from "./port.ts";

export interface OpenQueueOptions {
  url: string;
  /** One more queue at the same place. */
  name?: string;
  clock: Clock;
  random: () => number;
  log: Logger;
  backOff?: BackOff;
  /** On Redis, how long a worker that is gone keeps what it had. Default: 15 s. */
  leaseMs?: number;
  /** On Redis, milliseconds of a clock that nobody sets, to tell whether a lease is over. Default: those of `clock`. */
  monotonic?: () => number;
  /** Of all dead letters together; the oldest make room. Default: 32 MiB. */
  deadBytes?: number;
}

/** Rejects with an Error that says what is wrong with the URL, the file or the Redis. */
export async function openQueue(options: OpenQueueOptions): Promise<Queue> {
  const { url, name } = options;
  const place = placeOf(url, "queue");
  if ("sqlite" in place) {
    const { sqliteQueue } = await import("./sqlite/sqlite.ts");
    return sqliteQueue({ ...options, file: name ? beside(place.sqlite, name) : place.sqlite });
  }
  const { bullMQQueue } = await import("./redis/bullmq.ts");
  return bullMQQueue(options);
}

/** hook's two: webhooks, and what of them waits for programs that are not ours. */
export type Queues = Record<"webhooks" | "outside", Queue>;

export async function openQueues(options: OpenQueueOptions): Promise<Queues> {
  const webhooks = await openQueue(options);
  try {
    return { webhooks, outside: await openQueue({ ...options, name: "outside" }) };
  } catch (error) {
    await webhooks.close();
    throw error;
  }
}

export const closeQueues = (queues: Queues): Promise<unknown> =>
  Promise.all(Object.values(queues).map((queue) => queue.close()));

/** `dir/queue.db` and `outside` make `dir/queue-outside.db`. */
function beside(file: string, name: string): string {
  if (file === ":memory:") return file;
  const { dir, name: stem, ext } = parse(file);
  return join(dir, `${stem}-${name}${ext}`);
}
