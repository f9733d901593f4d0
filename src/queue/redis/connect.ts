// The connections of a queue to Redis: who adds is told at once that it is away, who works waits for it.
import type { Redis, RedisOptions } from "ioredis";
import type { Logger } from "../../lib/logger.ts";
import { redisConnected } from "../../lib/redis/connected.ts";
import { impatientRedis } from "../../lib/redis/impatient.ts";

/**
 * Whoever says nothing for so long is asked over another connection. Redis may take 8 s for its disk, and workers wait up
 * to 10 s for work.
 */
const SILENT_MS = 9_000;
const WORKER_SILENT_MS = 12_000;
const LOOKER_SILENT_MS = 5_000;
const LOOKER_COMMAND_MS = 4_000;

export interface Connections {
  /** For a gateway, which answers 503 rather than wait. */
  producer: Redis;
  /** For all else that must be done, once Redis is there again. */
  commands: Redis;
  /** For BullMQ's own: every pipeline of a connection takes along each of the hundred scripts that it defines there. */
  wakes: Redis;
  /** Who looks, for /metrics or a page, or asks for a turn, is told that Redis does not answer. */
  reader: Redis;
  /** One more for each worker. */
  forWorker(): Redis;
  close(): void;
}

/** Rejects with a NotConnectedError. */
export async function connectRedis(url: string, log: Logger): Promise<Connections> {
  const { Redis } = await import("ioredis");
  const all: Redis[] = [];
  const connection = (more: RedisOptions): Redis => {
    const redis = new Redis(url, more);
    all.push(redis);
    return redis;
  };
  const telling = (redis: Redis): Redis =>
    redis.on("error", (error) => log.warn({ error: error.message }, "Redis can not be reached"));
  // What is in the way of the first connections is thrown.
  const connected = async (redis: Redis) => {
    await redisConnected(redis);
    telling(redis);
  };
  const patient = { lazyConnect: true, maxRetriesPerRequest: null };
  const producer = connection(impatientRedis({ commandMs: SILENT_MS, silentMs: SILENT_MS }));
  const commands = connection({ ...patient, socketTimeout: SILENT_MS });
  const wakes = connection({ ...patient, socketTimeout: SILENT_MS });
  const reader = connection(impatientRedis({ commandMs: LOOKER_COMMAND_MS, silentMs: LOOKER_SILENT_MS }));
  const close = () => {
    for (const redis of all) redis.disconnect();
  };
  try {
    await Promise.all(all.map(connected));
  } catch (error) {
    close();
    throw error;
  }
  const forWorker = () => telling(connection({ ...patient, socketTimeout: WORKER_SILENT_MS }));
  return { producer, commands, wakes, reader, forWorker, close };
}
