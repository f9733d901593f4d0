// The contract of what replicas share, in a real Redis; and what is left when that is gone.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { SharedError } from "../../src/shared/error.ts";
import { redisShared } from "../../src/shared/redis.ts";
import { blackHole } from "./black-hole.ts";
import { hasBinary } from "./has-binary.ts";
import { redisServer } from "./redis-server.ts";
import { sharedContract } from "./shared.ts";

const ROOM = 100_000;

if (hasBinary("redis-server")) {
  let server: Awaited<ReturnType<typeof redisServer>>;
  let places = 0;
  beforeAll(async () => {
    server = await redisServer();
  });
  afterAll(() => server.dispose());

  sharedContract("Redis", async () => {
    const name = `test${places++}`;
    const open = () => redisShared({ url: server.url, log: silent, name, maxBytes: ROOM, commandMs: 10_000 });
    return { open, room: ROOM, dispose: async () => {} };
  });

  describe("a Redis that goes away", () => {
    it("is an error soon, and is there again when it comes back empty", async () => {
      const first = await redisServer();
      const shared = await redisShared({ url: first.url, log: silent });
      const { mark } = await shared.told("pulls", undefined);
      await first.dispose();
      await expect(shared.get("a")).rejects.toThrow(SharedError);
      await expect(shared.swap("a", undefined, "1", 1_000)).rejects.toThrow(SharedError);
      const second = await redisServer(Number(new URL(first.url).port));
      const again = async (): Promise<unknown> =>
        shared.tell("pulls", "n").catch(() => new Promise((wait) => setTimeout(wait, 50)).then(again));
      await again();
      expect((await shared.told("pulls", mark)).texts).toBeUndefined();
      await shared.close();
      await second.dispose();
    });

    it("is there again soon when a network has dropped the connection", async () => {
      const { port, swallow, heal, close } = await blackHole(Number(new URL(server.url).port));
      const shared = await redisShared({ url: `redis://127.0.0.1:${port}`, log: silent });
      await shared.put("a", "1", 60_000);
      swallow();
      await expect(shared.get("a")).rejects.toThrow(SharedError);
      heal();
      await expect.poll(() => shared.get("a").catch(() => undefined), { timeout: 15_000 }).toBe("1");
      await shared.close();
      await close();
    });

    it("is waited for once, also by who comes while others wait for it", async () => {
      const first = await redisServer();
      const shared = await redisShared({ url: first.url, log: silent, commandMs: 1_000 });
      await shared.put("a", "1", 60_000);
      first.pause();
      const others = expect(shared.get("a")).rejects.toThrow(SharedError);
      await systemClock.sleep(50);
      const began = performance.now();
      await expect(shared.get("a")).rejects.toThrow(SharedError);
      expect(performance.now() - began).toBeLessThan(1_300);
      await others;
      first.resume();
      await expect.poll(() => shared.get("a").catch(() => undefined), { timeout: 15_000 }).toBe("1");
      await shared.close();
      await first.dispose();
    });

    it("does not keep anybody from starting", async () => {
      const shared = await redisShared({ url: "redis://127.0.0.1:1", log: silent });
      await expect(shared.get("a")).rejects.toThrow("Redis");
      await shared.close();
    });
  });
} else {
  describe.skip("what replicas share in Redis: redis-server is not installed (apt-get install redis-server)", () => {
    it("needs redis-server", () => {});
  });
}
