// The record in Redis, for several machines: a list for each subject, all of them together bounded by size and by age.
import type { Redis } from "ioredis";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { NotConnectedError, redisConnected } from "../lib/redis/connected.ts";
import { impatientRedis } from "../lib/redis/impatient.ts";
import { pipeScript, redisScript, type ScriptCall } from "../lib/redis/script.ts";
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
/** What a subject takes beside its entries, measured: keys, rounded sizes, and our own books. */
const SUBJECT_BYTES = 900;
/** Entries of one subject. */
const MOST_OF_SUBJECT = 5_000;
const FORGOTTEN_AT_ONCE = 200;
const LOOK_FOR_OLD_MS = 60_000;
const PATIENCE_MS = 5_000;
/** Redis does nothing else during a script. */
const APPENDED_AT_ONCE = 100;

const PREFIX = "{cutwater}:record:";
/** Subjects by when they were last written of, and how many bytes their entries are: of each, and under "" of all. */
const QUIET = `${PREFIX}quiet`;
const BYTES = `${PREFIX}sizes`;
const listOf = (subject: string): string => `${PREFIX}of:${subject}`;

/**
 * KEYS: of quiet, of sizes, and a list for each subject. ARGV: kept for, most of a list; of each subject its name, the
 * time, how many texts, and those.
 */
const APPEND = redisScript(`
local total, at = 0, 3
for n = 3, #KEYS do
  local subject, count = ARGV[at], tonumber(ARGV[at + 2])
  local lines, more = 0, 0
  for text = at + 3, at + 2 + count do
    lines = redis.call('RPUSH', KEYS[n], ARGV[text])
    more = more + #ARGV[text]
  end
  -- What Redis has let expire counts no more.
  if lines == count then more = more - (redis.call('HGET', KEYS[2], subject) or 0) end
  for _ = tonumber(ARGV[2]) + 1, lines do more = more - #redis.call('LPOP', KEYS[n]) end
  redis.call('HINCRBY', KEYS[2], subject, more)
  redis.call('PEXPIRE', KEYS[n], ARGV[1])
  redis.call('ZADD', KEYS[1], ARGV[at + 1], subject)
  total = total + more
  at = at + 3 + count
end
return {redis.call('ZCARD', KEYS[1]), redis.call('HINCRBY', KEYS[2], '', total)}`);

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
    const calls = subjects.map((subject) => ({
      keys: [listOf(subject), QUIET, BYTES],
      arguments: [subject],
    }));
    pipeScript(pipeline, FORGET, calls);
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  const quietest = () => redis.zrange(QUIET, "0", `${FORGOTTEN_AT_ONCE - 1}`);

  let lookedForOld = Number.NEGATIVE_INFINITY;

  async function forgetOld(): Promise<void> {
    const now = clock.now().getTime();
    if (now - lookedForOld < LOOK_FOR_OLD_MS) return;
    const old = await redis.zrangebyscore(QUIET, "-inf", now - keepMs, "LIMIT", 0, FORGOTTEN_AT_ONCE);
    await drop(old);
    if (old.length < FORGOTTEN_AT_ONCE) lookedForOld = now;
  }

  /** Of so many subjects with so many bytes what is too much. */
  async function forgetFrom(subjects: number, bytes: number): Promise<void> {
    const tooMuch = subjects * SUBJECT_BYTES + bytes - maxBytes;
    if (tooMuch <= 0 || subjects === 0) return;
    await drop((await quietest()).slice(0, Math.ceil(tooMuch / SUBJECT_BYTES)));
    const [left, size] = await Promise.all([redis.zcard(QUIET), redis.hget(BYTES, "")]);
    await forgetFrom(left, Number(size ?? 0));
  }

  const writer = batches({
    ...{ clock, log, onLost },
    async write(entries) {
      const pipeline = redis.pipeline();
      pipeScript(pipeline, APPEND, appendCalls(entries, keepMs, clock.now().getTime()));
      const answers = (await pipeline.exec()) ?? [];
      const failed = answers.find(([error]) => error)?.[0];
      // The queue cannot take a delivery either until there is room.
      if (failed?.message.includes("OOM")) await drop(await quietest());
      if (failed) throw failed;
      const [subjects, bytes] = (answers.at(-1)?.[1] ?? [0, 0]) as [number, number];
      // What is appended is: to fail now would append it once more. The next batch sees to what is left to forget.
      await forgetOld()
        .then(() => forgetFrom(subjects, bytes))
        .catch((error: unknown) => log.debug({ error }, "the record can not forget"));
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

function appendCalls(entries: readonly Entry[], keepMs: number, now: number): ScriptCall[] {
  const lines = entries.flatMap((entry) => {
    const at = Date.parse(entry.at) || now;
    const text = JSON.stringify(entry);
    return subjectsOf(entry).map((subject) => ({ subject, at, text }));
  });
  const calls: ScriptCall[] = [];
  for (let begin = 0; begin < lines.length; begin += APPENDED_AT_ONCE) {
    const bySubject = Map.groupBy(lines.slice(begin, begin + APPENDED_AT_ONCE), ({ subject }) => subject);
    const given = Array.from(bySubject, ([subject, of]) => [
      ...[subject, of.at(-1)!.at, of.length],
      ...of.map(({ text }) => text),
    ]);
    calls.push({
      keys: [QUIET, BYTES, ...Array.from(bySubject.keys(), listOf)],
      arguments: [keepMs, MOST_OF_SUBJECT, ...given.flat()],
    });
  }
  return calls;
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
  // What is to be written waits in our own, bounded, line.
  const redis = new Redis(url, impatientRedis({ commandMs: PATIENCE_MS, silentMs: PATIENCE_MS }));
  redis.on("error", (error) => log.debug({ error: error.message }, "Redis can not be reached"));
  try {
    await redisConnected(redis);
  } catch (error) {
    // What Redis itself says, as of a wrong password, does not pass.
    if (patient && error instanceof NotConnectedError && error.away) {
      log.error({ error: error.message }, "The record's Redis is away; what is to be recorded waits.");
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
    if (redis.status !== "ready") throw new Error("its Redis can not be reached");
    const since = Math.max(0, clock.now().getTime() - keepMs);
    // One of several subjects comes once.
    const found = new Map<string, Entry>();
    for (const subject of new Set(subjects))
      for (const text of await redis.lrange(listOf(subject), -limit, -1))
        found.set(text, JSON.parse(text) as Entry);
    return [...found.values()]
      .filter(({ at }) => !(Date.parse(at) < since))
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
      .slice(-limit);
  };
