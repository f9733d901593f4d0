// Several workers on one Redis, and what comes between them: late ones, lost answers, wake-ups too early, data of before.
import { getEventListeners } from "node:events";
import { Queue as BullQueue } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seeded } from "../../scripts/seeded.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { aborted } from "../../src/lib/waiting/aborted.ts";
import { PermanentError } from "../../src/queue/error.ts";
import { type OpenQueueOptions, openQueue } from "../../src/queue/open.ts";
import type { Queue } from "../../src/queue/port.ts";
import { cutWire } from "./cut-wire.ts";
import { hasBinary } from "./has-binary.ts";
import { DURABLE, type RedisServer, redisServer } from "./redis-server.ts";

const HOUR_MS = 3_600_000;
const PREFIX = "{cutwater:webhooks}";

describe.skipIf(!hasBinary("redis-server"))("workers of a queue on Redis", () => {
  let server: RedisServer;
  let redis: Redis;
  let closing: (() => unknown)[];
  beforeEach(async () => {
    server = await redisServer(undefined, ...DURABLE);
    redis = new Redis(server.url);
    closing = [];
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
    redis.disconnect();
    await server.dispose();
  });

  async function open(more: Partial<OpenQueueOptions> = {}): Promise<Queue> {
    const options = { url: server.url, clock: systemClock, random: Math.random, log: silent };
    const queue = await openQueue({ ...options, ...more });
    closing.push(queue.close);
    return queue;
  }

  /** Returns a function that stops it. */
  function work(queue: Queue, handle: (id: string) => Promise<void>, concurrency = 4): () => Promise<void> {
    const stop = new AbortController();
    const options = { signal: stop.signal, concurrency, maxAttempts: 3 };
    const working = queue.work(({ id }) => handle(id), options);
    const stopped = () => {
      stop.abort();
      return working;
    };
    closing.push(stopped);
    return stopped;
  }

  const add = (queue: Queue, id: string, group = id) => queue.add({ id, group, payload: `of ${id}` });

  it("go on at once when the connection ends amid the answers to what many have done", async () => {
    const wire = await cutWire(server.port);
    closing.push(wire.close);
    const queue = await open({ url: `redis://127.0.0.1:${wire.port}` });
    const groups = Array.from({ length: 6 }, (_, at) => `group ${at}`);
    const begun: string[] = [];
    const all = Promise.withResolvers<void>();
    const handle = async (id: string) => {
      // After it Redis knows the scripts.
      if (id === "first") return;
      begun.push(id);
      await all.promise;
    };
    work(queue, handle, groups.length);
    await add(queue, "first");
    await expect.poll(() => queue.depth()).toBe(0);
    for (const group of groups) {
      await add(queue, group);
      // To that the first is done, the answer is as short as may be: nothing comes after it.
      if (group !== groups[0]) await add(queue, `next of ${group}`, group);
    }
    closing.push(() => all.resolve());
    await expect.poll(() => begun.length).toBe(groups.length);
    wire.cutAfter("_\r\n".length);
    all.resolve();
    await expect.poll(() => queue.depth().catch(() => undefined), { timeout: 5_000 }).toBe(0);
    expect(begun.toSorted()).toEqual([...new Set(begun)].sort());
  });

  it("do each thing once, in order and soon, while connections end at any byte of an answer", async () => {
    const chance = seeded(7);
    const adding = await open();
    const wires = [await cutWire(server.port), await cutWire(server.port)];
    closing.push(...wires.map(({ close }) => close));
    const done: string[] = [];
    for (const { port } of wires) {
      const queue = await open({ url: `redis://127.0.0.1:${port}` });
      const handle = async (id: string) => {
        await systemClock.sleep(chance.below(15));
        done.push(id);
      };
      work(queue, handle, 6);
    }
    const ids: string[] = [];
    for (let cuts = 0; cuts < 60; cuts++) {
      for (let n = 0; n < 20; n++) {
        const group = `${chance.below(25)}`;
        ids.push(`${group}/${ids.length}`);
        await add(adding, ids.at(-1)!, group);
      }
      wires[cuts % 2]!.cutAfter(chance.below(300));
      // They connect anew.
      await systemClock.sleep(50);
    }
    await expect.poll(() => adding.depth(), { timeout: 12_000 }).toBe(0);
    const byGroup = (all: string[]) => Object.groupBy(all, (id) => id.split("/")[0]!);
    expect(byGroup(done)).toEqual(byGroup(ids));
  });

  it("work once on a dead letter that is replayed, and nobody is told otherwise when the answer is lost", async () => {
    const wire = await cutWire(server.port);
    closing.push(wire.close);
    const [queue, asking] = [await open(), await open({ url: `redis://127.0.0.1:${wire.port}` })];
    let failing = true;
    const done: string[] = [];
    const busy = Promise.withResolvers<void>();
    const handle = async (id: string) => {
      if (failing) throw new PermanentError("no luck");
      if (id === "busy") {
        busy.resolve();
        // It goes on with what is replayed before that is asked for once more.
        await expect.poll(() => queue.depth(), { interval: 1 }).toBe(2);
      }
      done.push(id);
    };
    work(queue, handle, 1);
    for (const id of ["known", "bad"]) await add(queue, id);
    await expect.poll(async () => (await queue.state()).dead).toBe(2);
    failing = false;
    // After it Redis knows the script.
    await asking.replay("known");
    await add(queue, "busy");
    await busy.promise;
    // What says which letter it is passes.
    wire.cutAfter(0, 1);
    await asking.replay("bad");
    await expect.poll(() => queue.depth()).toBe(0);
    expect(done).toEqual(["known", "busy", "bad"]);
    await expect(asking.replay("bad")).rejects.toThrow("no dead letter bad");
  });

  it("stop though Redis is away", async () => {
    const wire = await cutWire(server.port);
    const queue = await open({ url: `redis://127.0.0.1:${wire.port}`, leaseMs: 900 });
    let done = 0;
    const stop = work(queue, async () => void done++);
    await add(queue, "item");
    await expect.poll(() => done).toBe(1);
    await expect.poll(() => queue.depth()).toBe(0);
    await wire.close();
    // They wait to connect anew, and what looks for groups that nobody is at work on waits for its answer.
    await systemClock.sleep(600);
    const began = performance.now();
    await stop();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("leave nothing with the signal to stop, however often they are woken", async () => {
    const queue = await open();
    const stop = new AbortController();
    let done = 0;
    const working = queue.work(async () => void done++, {
      signal: stop.signal,
      concurrency: 4,
      maxAttempts: 3,
    });
    closing.push(() => {
      stop.abort();
      return working;
    });
    for (let n = 1; n <= 40; n++) {
      await add(queue, `${n}`);
      await expect.poll(() => done, { interval: 1 }).toBe(n);
    }
    expect(getEventListeners(stop.signal, "abort").length).toBeLessThan(10);
  });

  it("end a rest in time though its wake-up comes before it ends", async () => {
    const restMs = 1_500;
    const queue = await open({ backOff: { firstMs: restMs, longestMs: restMs } });
    const wakeUps = new BullQueue("webhooks", { connection: redis, prefix: "{cutwater}" });
    const turns: number[] = [];
    await add(queue, "fails");
    work(queue, async () => {
      if (turns.push(performance.now()) === 1) throw new Error("not yet");
    });
    // Somebody's clock is ahead.
    await expect.poll(() => wakeUps.getDelayedCount()).toBe(1);
    await (await wakeUps.getDelayed())[0]!.promote();
    await expect.poll(() => turns.length, { timeout: 10_000 }).toBe(2);
    expect(turns[1]! - turns[0]!).toBeGreaterThanOrEqual(restMs - 1);
    expect(turns[1]! - turns[0]!).toBeLessThan(restMs + 500);
    expect(await wakeUps.getDelayedCount()).toBe(0);
  });

  it("take up what has come at whatever wake-up, also at one that came too early for its own group", async () => {
    const queue = await open({ backOff: { firstMs: 2_000, longestMs: 2_000 } });
    const wakeUps = new BullQueue("webhooks", { connection: redis, prefix: "{cutwater}" });
    let doneAt = 0;
    await add(queue, "fails");
    work(queue, async (id) => {
      if (id === "fails") throw new Error("not yet");
      doneAt = performance.now();
    });
    await expect.poll(() => wakeUps.getDelayedCount()).toBe(1);
    await wakeUps.pause();
    await (await wakeUps.getDelayed())[0]!.promote();
    await add(queue, "other");
    await systemClock.sleep(100);
    const began = performance.now();
    await wakeUps.resume();
    await expect.poll(() => doneAt, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(doneAt - began).toBeLessThan(1_000);
  });

  it("find what the former version has left, also what Redis' clock, which was set back, says is to come", async () => {
    const queue = await open({ leaseMs: 900 });
    for (const id of ["old", "odd"]) await add(queue, id);
    await redis.del(`${PREFIX}:ready`, ...(await redis.keys("{cutwater}:*")));
    await redis.zadd(`${PREFIX}:waiting-at`, "XX", Date.now() + HOUR_MS, "odd");
    const done: string[] = [];
    work(queue, async (id) => void done.push(id));
    await expect.poll(() => done.toSorted(), { timeout: 3_000 }).toEqual(["odd", "old"]);
  });

  it("leave wake-ups to others while they have as much to do as they may", async () => {
    const [busy, idle] = [await open(), await open()];
    const held = Promise.withResolvers<void>();
    const done = new Set<string>();
    await add(busy, "long");
    let begun = false;
    work(
      busy,
      async () => {
        begun = true;
        await held.promise;
      },
      1,
    );
    closing.push(() => held.resolve());
    await expect.poll(() => begun).toBe(true);
    work(idle, async (id) => void done.add(id), 1);
    // The busy one may hold one wake-up back.
    for (const id of ["first", "second"]) await add(idle, id);
    await expect.poll(() => done.size, { timeout: 10_000 }).toBe(2);
    const waits: number[] = [];
    for (const id of ["a", "b", "c", "d"]) {
      const began = performance.now();
      await add(idle, id);
      await expect.poll(() => done.has(id), { timeout: 10_000 }).toBe(true);
      waits.push(performance.now() - began);
    }
    held.resolve();
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });

  it("find no heap of wake-ups after a time in which nobody worked", async () => {
    const queue = await open();
    const wakeUps = new BullQueue("webhooks", { connection: redis, prefix: "{cutwater}" });
    for (let n = 0; n < 50; n++) await add(queue, `${n}`);
    await expect.poll(() => wakeUps.getWaitingCount()).toBeGreaterThan(0);
    await systemClock.sleep(100);
    expect(await wakeUps.getWaitingCount()).toBeLessThan(10);
    let done = 0;
    work(queue, async () => void done++);
    await expect.poll(() => done).toBe(50);
    await expect.poll(() => wakeUps.getWaitingCount()).toBe(0);
  });

  it("let rest what others have died at, also when they are told to stop", async () => {
    const other = await open();
    await add(other, "poison");
    await redis.hset(`${PREFIX}:taken`, "poison", "of one that has died");
    const stop = new AbortController();
    // It is told to stop while it takes the item.
    const monotonic = () => {
      stop.abort();
      return performance.now();
    };
    const stopping = await open({ monotonic, backOff: { firstMs: 3_000, longestMs: 3_000 } });
    const began = performance.now();
    const none = () => Promise.reject(new Error("it has been told to stop"));
    await stopping.work(none, { signal: stop.signal, concurrency: 1, maxAttempts: 3 });
    let waitedMs = 0;
    work(other, async () => {
      waitedMs = performance.now() - began;
    });
    await expect.poll(() => waitedMs, { timeout: 12_000 }).toBeGreaterThan(0);
    expect(waitedMs).toBeGreaterThan(1_400);
  });

  it("go on with a group at once when what fails there has been done by another, who was late", async () => {
    const leaseMs = 1_500;
    const pace = { leaseMs, backOff: { firstMs: 20, longestMs: 20 } };
    // Renews no lease.
    const sleep = (_: number, signal?: AbortSignal) =>
      signal ? aborted(signal) : new Promise<void>(() => {});
    const still = { ...systemClock, sleep };
    const [late, other] = [await open({ ...pace, clock: still }), await open(pace)];
    for (const id of ["item", "next"]) await add(late, id, "g");
    const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let begun = 0;
    let nextAt = 0;
    const handle = async (id: string) => {
      if (id === "next") nextAt = performance.now();
      else await ends[begun++]!.promise;
    };
    const stop = work(late, handle, 1);
    await expect.poll(() => begun).toBe(1);
    work(other, handle);
    closing.push(() => ends.map(({ resolve }) => resolve()));
    await expect.poll(() => begun, { timeout: 10_000 }).toBe(2);
    ends[0]!.resolve();
    await expect.poll(() => other.depth()).toBe(1);
    await stop();
    const failedAt = performance.now();
    ends[1]!.reject(new Error("no luck"));
    await expect.poll(() => nextAt, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(nextAt - failedAt).toBeLessThan(leaseMs / 3);
  });
});
