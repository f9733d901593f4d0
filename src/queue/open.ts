// Opens the queue that a URL names: `sqlite:FILE` for one process, `redis://…` for many.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { BackOff } from "./backoff.ts";
import type { Queue } from "./port.ts";

export interface OpenQueueOptions {
  url: string;
  clock: Clock;
  random: () => number;
  log: Logger;
  backOff?: BackOff;
}

/** Rejects with an Error that says what is wrong with the URL, the file or the Redis. */
export async function openQueue(options: OpenQueueOptions): Promise<Queue> {
  const { url } = options;
  if (url.startsWith("sqlite:")) {
    const { sqliteQueue } = await import("./sqlite.ts");
    return sqliteQueue({ ...options, file: url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "") });
  }
  if (url.startsWith("redis:") || url.startsWith("rediss:")) {
    const { bullMQQueue } = await import("./bullmq.ts");
    return bullMQQueue(options);
  }
  throw new Error(`queue ${JSON.stringify(url)}: write sqlite:FILE or redis://host:port`);
}
