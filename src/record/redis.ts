// The record in Redis, for several machines: a stream for each subject, all of them together bounded by size and by age.
import type { Redis } from "ioredis";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { pipeScript, redisScript } from "../lib/redis-script.ts";
import { batches } from "./batches.ts";
import { type About, lookup } from "./lookup.ts";
import type { Entry, Record, RecordRead } from "./port.ts";
import { subjectsOf } from "./subjects.ts";

export interface RedisRecordOptions {
  /** `redis://[:password@]host[:port][/db]` or `rediss://…`. */
  url: string;
  clock: Clock;
  log: Logger;
  /** Entries are kept for so long at most. */
  keepMs: number;
  /** Taken at most, by all subjects together; beyond it the subjects that have been quiet longest go. Default: 128 MB. */
  maxBytes?: number;
  onLost(entries: number): void;
}

/** Redis is the queue's before it is ours: its memory must not fill up with what is only remembered. */
const MOST_BYTES = 128_000_000;
/** A stream's first node is 4,096 bytes however little is in it; the rest is its keys and our own books. */
const SUBJECT_BYTES = 4_750;
/** Of one subject. */
const LONGEST_STREAM = 5_000;
const FORGOTTEN_AT_ONCE = 200;

const PREFIX = "{cutwater}:record:";
/** Subjects by when they were last written of, and how many bytes their entries are: of each, and under "" of all. */
const QUIET = `${PREFIX}subjects`;
const BYTES = `${PREFIX}bytes`;
const streamOf = (subject: string): string => `${PREFIX}about:${subject}`;
const keysOf = (subject: string): string[] => [streamOf(subject), QUIET, BYTES];

/** What Redis has cut from a stream, or let expire, counts no more. */
const APPEND = redisScript(`
local lines = redis.call('XLEN', KEYS[1])
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'entry', ARGV[1])
local before = tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or '0')
local now = #ARGV[1]
if lines > 0 then now = math.ceil((before + now) * redis.call('XLEN', KEYS[1]) / (lines + 1)) end
redis.call('HSET', KEYS[3], ARGV[2], now)
redis.call('HINCRBY', KEYS[3], '', now - before)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])`);

/** First what takes nothing: a Redis that is full refuses a script that begins with anything else. */
const FORGET = redisScript(`
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[3], '', -tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0'))
return redis.call('HDEL', KEYS[3], ARGV[1])`);

/** A Redis that is away is waited for: nothing depends on a record. Rejects when it refuses us. */
export async function redisRecord({
  url,
  clock,
  log,
  keepMs,
  maxBytes = MOST_BYTES,
  onLost,
}: RedisRecordOptions): Promise<Record> {
  const redis = await connected(url, log, true);

  async function drop(subjects: readonly string[]): Promise<void> {
    const pipeline = redis.pipeline();
    const calls = subjects.map((subject) => ({ keys: keysOf(subject), arguments: [subject] }));
    pipeScript(pipeline, FORGET, calls);
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  const quietest = () => redis.zrange(QUIET, "0", `${FORGOTTEN_AT_ONCE - 1}`);

  /** Of what is too old, and of what is too much. */
  async function forget(): Promise<void> {
    const old = clock.now().getTime() - keepMs;
    await drop(await redis.zrangebyscore(QUIET, "-inf", old, "LIMIT", 0, FORGOTTEN_AT_ONCE));
    for (;;) {
      const [subjects, bytes] = await Promise.all([redis.zcard(QUIET), redis.hget(BYTES, "")]);
      const tooMuch = subjects * SUBJECT_BYTES + Number(bytes ?? 0) - maxBytes;
      if (tooMuch <= 0 || subjects === 0) return;
      await drop((await quietest()).slice(0, Math.ceil(tooMuch / SUBJECT_BYTES)));
    }
  }

  const writer = batches({
    ...{ clock, log, onLost },
    async write(entries) {
      const pipeline = redis.pipeline();
      const calls = entries.flatMap((entry) => {
        const at = Date.parse(entry.at) || clock.now().getTime();
        return subjectsOf(entry).map((subject) => ({
          keys: keysOf(subject),
          arguments: [JSON.stringify(entry), subject, at, LONGEST_STREAM, keepMs],
        }));
      });
      pipeScript(pipeline, APPEND, calls);
      const answers = (await pipeline.exec()) ?? [];
      await forget();
      const failed = answers.find(([error]) => error)?.[0];
      if (!failed) return;
      // The queue cannot take a delivery either until there is room.
      if (failed.message.includes("OOM")) await drop(await quietest());
      throw failed;
    },
  });
  return {
    append: writer.append,
    ...lookup(about(redis, keepMs, clock)),
    async close() {
      await writer.close();
      redis.disconnect();
    },
  };
}

/** Rejects when Redis cannot be reached. */
export async function redisRecordReader({
  url,
  log,
  keepMs,
  clock,
}: Pick<RedisRecordOptions, "url" | "log" | "keepMs" | "clock">): Promise<RecordRead & { close(): void }> {
  const redis = await connected(url, log, false);
  return { ...lookup(about(redis, keepMs, clock)), close: () => redis.disconnect() };
}

async function connected(url: string, log: Logger, patient: boolean): Promise<Redis> {
  const { Redis } = await import("ioredis");
  // A command fails rather than waits for Redis to come back: what is to be written waits in our own, bounded, line.
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5_000,
    // What a network has dropped ends by itself only after a quarter of an hour.
    socketTimeout: 5_000,
  });
  let last: (Error & { code?: string }) | undefined;
  redis.on("error", (error) => {
    last = error;
    log.debug({ error: error.message }, "Redis can not be reached");
  });
  try {
    await redis.connect();
  } catch (error) {
    // The system says where there is no way to it; what Redis itself says, as of a wrong password, does not pass.
    if (patient && last?.code) {
      log.error({ error: last.message }, "The record's Redis is away; what is to be recorded waits.");
      return redis;
    }
    redis.disconnect();
    throw error;
  }
  return redis;
}

const about =
  (redis: Redis, keepMs: number, clock: Pick<Clock, "now">): About =>
  async (subjects, limit) => {
    const since = Math.max(0, clock.now().getTime() - keepMs);
    const found = new Map<string, Entry>();
    for (const subject of new Set(subjects)) {
      const newest = await redis.xrevrange(streamOf(subject), "+", `${since}`, "COUNT", limit);
      // One of several subjects comes once.
      for (const [, [, text = ""]] of newest.reverse()) found.set(text, JSON.parse(text) as Entry);
    }
    return [...found.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(-limit);
  };
