// The queue contract on BullMQ with a real Redis.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";
import { freePort, hasBinary } from "../queue/redis.ts";
import { queueContract } from "./queue.ts";

async function redisServer(...settings: string[]) {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-redis-"));
  const port = await freePort();
  const server = spawn("redis-server", ["--port", `${port}`, "--dir", directory, "--save", "", ...settings], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of server.stdout) if (String(chunk).includes("Ready to accept connections")) break;
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Its connections stay, and nothing is answered. */
    pause: () => server.kill("SIGSTOP"),
    resume: () => server.kill("SIGCONT"),
    async dispose() {
      server.kill("SIGKILL");
      await once(server, "close");
      await rm(directory, { recursive: true });
    },
  };
}

const durable = ["--appendonly", "yes", "--appendfsync", "always"];

if (hasBinary("redis-server")) {
  queueContract("BullMQ", () => redisServer(...durable));

  describe("the processes of a queue", () => {
    it("have a turn at what one of them is to do, one after another", async () => {
      const { url, dispose } = await redisServer(...durable);
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

  describe("a Redis that is away", () => {
    it("keeps nobody who looks waiting, and is looked at again when it is back", async () => {
      const { url, pause, resume, dispose } = await redisServer(...durable);
      const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
      let gone = false;
      try {
        await queue.add({ id: "1", group: "a", payload: "" });
        pause();
        await expect(queue.depth()).rejects.toThrow("Redis has not answered");
        const looks = [queue.state(), queue.dead(1), queue.remembered(["1"])];
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
      const { url, dispose } = await redisServer(...settings);
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

    it("is refused when it may evict", async () => {
      const message = await refusal(...durable, "--maxmemory-policy", "allkeys-lru", "--maxmemory", "50mb");
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
