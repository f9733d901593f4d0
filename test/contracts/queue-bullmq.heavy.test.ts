// The queue contract on BullMQ with a real Redis.
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";
import { hasBinary } from "./has-binary.ts";
import { queueContract } from "./queue.ts";
import { DURABLE, redisServer } from "./redis-server.ts";

if (hasBinary("redis-server")) {
  queueContract("BullMQ", () => redisServer(undefined, ...DURABLE));

  describe("the processes of a queue", () => {
    it("have a turn at what one of them is to do, one after another", async () => {
      const { url, dispose } = await redisServer(undefined, ...DURABLE);
      const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
      try {
        expect(await queue.turn("sweep", "a", 60_000)).toBe(true);
        expect(await queue.turn("sweep", "b", 60_000)).toBe(false);
        expect(await queue.turn("else", "b", 60_000)).toBe(true);
        expect(await queue.turn("sweep", "a", 50)).toBe(true);
        await expect.poll(() => queue.turn("sweep", "b", 60_000)).toBe(true);
        expect(await queue.turn("sweep", "a", 60_000)).toBe(false);
      } finally {
        await queue.close();
        await dispose();
      }
    });
  });

  describe("what Redis remembers", () => {
    const DAY_MS = 24 * 3_600_000;

    it("it remembers for four days, with its other names", async () => {
      const { url, dispose } = await redisServer(undefined, ...DURABLE);
      const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
      const redis = new Redis(url);
      try {
        await queue.add({ id: "1", group: "a", payload: "", also: ["comment 1"] });
        const keys = await redis.keys("{cutwater:webhooks}:*1");
        const forMs = await Promise.all(keys.map((key) => redis.pttl(key)));
        expect(forMs).toHaveLength(2);
        expect(Math.min(...forMs)).toBeGreaterThan(4 * DAY_MS - 60_000);
      } finally {
        redis.disconnect();
        await queue.close();
        await dispose();
      }
    });

    it("it works on what comes again and was never there", async () => {
      const { url, kill, start, dispose } = await redisServer(undefined, ...DURABLE);
      const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
      try {
        await kill();
        const add = () => queue.add({ id: "1", group: "a", payload: "" });
        await expect(add()).rejects.toThrow();
        await start();
        await expect.poll(() => add().catch(() => undefined), { timeout: 10_000 }).toEqual({ added: true });
        expect(await add()).toEqual({ added: false });
        // Who looks has a connection of its own, which may come back later.
        await expect.poll(() => queue.depth().catch(() => undefined), { timeout: 10_000 }).toBe(1);
      } finally {
        await queue.close();
        await dispose();
      }
    });
  });

  it("tells how much of its memory Redis has given away", async () => {
    const { url, dispose } = await redisServer(undefined, ...DURABLE, "--maxmemory", "64mb");
    const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
    try {
      const { memory } = await queue.state();
      expect(memory?.max).toBe(64 * 1024 * 1024);
      expect(memory?.used).toBeGreaterThan(100_000);
      expect(memory?.used).toBeLessThan(memory!.max!);
    } finally {
      await queue.close();
      await dispose();
    }
  });

  describe("a Redis that is away", () => {
    it("keeps nobody who looks waiting, and is looked at again when it is back", async () => {
      const { url, pause, resume, dispose } = await redisServer(undefined, ...DURABLE);
      const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
      let gone = false;
      try {
        await queue.add({ id: "1", group: "a", payload: "" });
        pause();
        await expect(queue.depth()).rejects.toThrow("Redis took longer");
        const turn = queue.turn("sweep", "me", 1_000);
        const looks = [queue.state(), Array.fromAsync(queue.dead()), queue.remembered(["1"]), turn];
        const answers = await Promise.allSettled(looks);
        expect(answers.map(({ status }) => status)).toEqual(looks.map(() => "rejected"));
        resume();
        await expect.poll(() => queue.depth().catch(() => undefined)).toBe(1);
        expect((await queue.state()).waiting).toBe(1);
        gone = true;
        await dispose();
        await expect(queue.depth()).rejects.toThrow();
        await expect(queue.state()).rejects.toThrow();
      } finally {
        await queue.close();
        if (!gone) await dispose();
      }
    });
  });

  describe("a Redis that would lose work", () => {
    const refusal = async (...settings: string[]) => {
      const { url, dispose } = await redisServer(undefined, ...settings);
      try {
        const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
        await queue.close();
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      } finally {
        await dispose();
      }
    };

    it("is refused in its own words when it does not let us in", async () => {
      expect(await refusal("--requirepass", "right")).toContain("does not let us in: NOAUTH");
    });
    it("is refused when it may evict", async () => {
      const message = await refusal(...DURABLE, "--maxmemory-policy", "allkeys-lru", "--maxmemory", "50mb");
      expect(message).toContain("set it to noeviction");
    });
    it("is refused when it keeps no append-only file", async () => {
      expect(await refusal("--appendonly", "no")).toContain("set appendonly yes");
    });
  });
} else {
  describe.skip("queue on BullMQ: redis-server is not installed (apt-get install redis-server)", () => {
    it("needs redis-server", () => {});
  });
}
