// Refuses a Redis that would lose acknowledged work, in words that say what to set.
import type { Redis } from "ioredis";

/** How a write becomes durable: Redis fsyncs before each answer, or each write must be followed by WAITAOF. */
export type Durability = "always" | "waitaof";

/** Throws an Error naming the setting when Redis may evict or lose what it was given. */
export async function checkRedis(redis: Redis): Promise<Durability> {
  const info = parseInfo(await redis.info());
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction") {
    throw new Error(
      `Redis has maxmemory-policy ${policy} and may drop webhooks when memory is short: set it to noeviction`,
    );
  }
  if (info.get("aof_enabled") !== "1") {
    throw new Error("Redis keeps no append-only file and loses webhooks when it stops: set appendonly yes");
  }
  if ((await setting(redis, "appendfsync")) === "always") return "always";
  const [major = 0, minor = 0] = (info.get("redis_version") ?? "").split(".").map(Number);
  if (major > 7 || (major === 7 && minor >= 2)) return "waitaof";
  throw new Error(
    `Redis ${info.get("redis_version")} has no WAITAOF: set appendfsync always, or run Redis 7.2 or later`,
  );
}

export function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** undefined where CONFIG is forbidden, as in hosted Redis. */
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = (await redis.config("GET", name)) as string[];
    return value;
  } catch {
    return undefined;
  }
}
