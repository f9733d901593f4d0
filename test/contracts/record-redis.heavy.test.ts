// The record contract on a real Redis, and its bounds there.
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { redisRecord } from "../../src/record/redis.ts";
import { blackHole } from "./black-hole.ts";
import { freePort } from "./free-port.ts";
import { hasBinary } from "./has-binary.ts";
import { recordContract } from "./record.ts";
import { redisServer } from "./redis-server.ts";

if (hasBinary("redis-server")) {
  recordContract("Redis", () => redisServer());

  const open = (url: string, maxBytes?: number, keepMs = 3_600_000) =>
    redisRecord({ url, clock: systemClock, log: silent, keepMs, maxBytes, onLost: () => {} });
  const about = (number: number, at = new Date()) => ({
    ...{ at: at.toISOString(), kind: "event" as const, what: `event of ${number}` },
    ...{ org: "acme", repo: "tool", pulls: [number] },
  });
  const pull = (number: number) => ({ org: "acme", repo: "tool", number });

  describe("the record on Redis", () => {
    it("forgets the pull requests that have been quiet longest when it is full", async () => {
      const { url, dispose } = await redisServer();
      const record = await open(url, 100 * 1_000);
      for (let number = 1; number <= 300; number++) {
        record.append(about(number, new Date(Date.now() - 300_000 + number)));
        if (number % 100 === 0) await systemClock.sleep(60);
      }
      await record.close();
      const reader = await open(url);
      expect(await reader.pull(pull(1), 10)).toEqual([]);
      expect(await reader.pull(pull(300), 10)).toHaveLength(1);
      await reader.close();
      await dispose();
    });

    it("has all when a network has dropped the connection meanwhile", async () => {
      const { url, dispose } = await redisServer();
      const { port, swallow, heal, close } = await blackHole(Number(new URL(url).port));
      const record = await open(`redis://127.0.0.1:${port}`);
      const reader = await open(url);
      swallow();
      record.append(about(1));
      heal();
      await expect.poll(() => reader.pull(pull(1), 10), { timeout: 20_000 }).toHaveLength(1);
      await Promise.all([record.close(), reader.close()]);
      await close();
      await dispose();
    });

    it("takes no more memory than it may, however many pull requests one entry is about", async () => {
      const { url, dispose } = await redisServer();
      const memory = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
      const redis = new Redis(url);
      const record = await open(url, 4_000_000);
      const before = await memory();
      const shas = (n: number) =>
        Array.from({ length: 31 }, (_, k) => `${n}`.padStart(36, "0") + `${k}`.padStart(4, "0"));
      for (let n = 1; n <= 150; n++)
        record.append({
          ...about(n, new Date(Date.now() - 300_000 + n)),
          shas: shas(n),
          what: "x".repeat(400),
        });
      await record.close();
      expect((await memory()) - before).toBeLessThan(4_500_000);
      const reader = await open(url);
      expect(await reader.pull(pull(1), 10)).toEqual([]);
      expect(await reader.pull(pull(150), 10)).toHaveLength(1);
      await Promise.all([reader.close(), redis.quit()]);
      await dispose();
    });

    it("gives room back when Redis is full, and goes on", async () => {
      const { url, dispose } = await redisServer(undefined, "--maxmemory-policy", "noeviction");
      const redis = new Redis(url);
      const record = await open(url);
      for (let n = 1; n <= 3_000; n++) record.append(about(n, new Date(Date.now() - 300_000 + n)));
      while ((await record.pull(pull(3_000), 1)).length === 0) await systemClock.sleep(10);
      const used = Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
      await redis.config("SET", "maxmemory", `${used - 100_000}`);
      await expect(redis.set("delivery", "x")).rejects.toThrow("OOM");
      record.append(about(3_001));
      while ((await record.pull(pull(3_001), 1)).length === 0) await systemClock.sleep(10);
      expect(await redis.set("delivery", "x")).toBe("OK");
      expect(await record.pull(pull(1), 1)).toEqual([]);
      expect(await record.pull(pull(3_000), 1)).toHaveLength(1);
      await Promise.all([record.close(), redis.quit()]);
      await dispose();
    });

    it("forgets what is older than it is to keep", async () => {
      const { url, dispose } = await redisServer();
      const record = await open(url);
      record.append(about(1, new Date(Date.now() - 7_200_000)));
      record.append(about(2));
      await record.close();
      const reader = await open(url);
      expect([await reader.pull(pull(1), 10), (await reader.pull(pull(2), 10)).length]).toEqual([[], 1]);
      await reader.close();
      await dispose();
    });

    it("loses nothing that it was told because it can not forget", async () => {
      const { url, dispose } = await redisServer();
      const redis = new Redis(url);
      let lost = 0;
      const onLost = (entries: number) => {
        lost += entries;
      };
      try {
        await redis.call("ACL", "SETUSER", "default", "-zrangebyscore");
        const record = await redisRecord({ url, clock: systemClock, log: silent, keepMs: 3_600_000, onLost });
        record.append(about(1));
        await record.close();
        expect(lost).toBe(0);
      } finally {
        redis.disconnect();
        await dispose();
      }
    });

    it("waits for a Redis that is away when it begins, and for none that refuses it", async () => {
      const port = await freePort();
      const record = await open(`redis://127.0.0.1:${port}`);
      record.append(about(1));
      const { url, dispose } = await redisServer(port, "--requirepass", "right");
      await expect(open(url.replace("//", "//:wrong@"))).rejects.toThrow("does not let us in: WRONGPASS");
      await dispose();
      const later = await redisServer(port);
      while ((await record.pull(pull(1), 1).catch(() => [])).length === 0) await systemClock.sleep(10);
      await record.close();
      await later.dispose();
    });

    it("lets work go on when Redis is gone, and counts what is lost", async () => {
      const { url, dispose } = await redisServer();
      let lost = 0;
      const onLost = (entries: number) => {
        lost += entries;
      };
      const record = await redisRecord({ url, clock: systemClock, log: silent, keepMs: 1_000, onLost });
      await dispose();
      record.append(about(1));
      record.append(about(2));
      await record.close();
      expect(lost).toBe(2);
    });
  });
} else {
  describe.skip("record on Redis: redis-server is not installed (apt-get install redis-server)", () => {
    it("is not tested", () => {});
  });
}
