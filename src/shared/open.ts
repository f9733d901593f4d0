// Opens what replicas share, at the place of their queue: a Redis for many processes, memory for one.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { isRedis } from "../lib/place.ts";
import { memoryShared } from "./memory.ts";
import type { Shared } from "./port.ts";

export interface OpenSharedOptions {
  /** `redis://…`; anything else is memory. */
  url: string;
  clock: Pick<Clock, "now">;
  log: Logger;
  name?: string;
}

export async function openShared(options: OpenSharedOptions): Promise<Shared> {
  if (!isRedis(options.url)) return memoryShared(options);
  const { redisShared } = await import("./redis.ts");
  return redisShared(options);
}
