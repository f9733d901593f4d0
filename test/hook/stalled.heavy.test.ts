// A queue that stands still: GitHub is told 503 while it still listens, and never that something is received that is not.
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";
import { blackHole } from "../contracts/black-hole.ts";
import { disk, whyNoDisk } from "../contracts/disk.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { DURABLE, type RedisServer, redisServerWith } from "../contracts/redis-server.ts";
import { hookAt } from "./hook-at.ts";

/** GitHub waits for 10 s. */
const TOLD_WITHIN_MS = 9_000;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Standstill {
  url: string;
  begin(): void;
  end(): void;
}

async function onDisk(): Promise<{ redis: RedisServer; under: ReturnType<typeof disk> }> {
  const under = disk(0);
  const redis = await redisServerWith({ env: under.env }, ...DURABLE);
  closing.push(under.dispose, redis.dispose);
  return { redis, under };
}

type Stalling = (at: Awaited<ReturnType<typeof onDisk>>) => Standstill | Promise<Standstill>;
const ways: [string, Stalling][] = [
  ["a disk", ({ redis: { url }, under }) => ({ url, begin: under.stall, end: under.resume })],
  ["Redis", ({ redis: { url, pause, resume } }) => ({ url, begin: pause, end: resume })],
  [
    "the way to Redis",
    async ({ redis }) => {
      const { port, swallow, heal, close } = await blackHole(redis.port);
      closing.push(close);
      return { url: `redis://127.0.0.1:${port}`, begin: swallow, end: heal };
    },
  ],
];

async function standstill(stalling: Stalling) {
  const at = await onDisk();
  const { url, begin, end } = await stalling(at);
  const hook = await hookAt({ role: "gateway", queue: url });
  closing.push(hook.stop);
  const before = await Promise.all([1, 2, 3].map((n) => hook.deliver(`before-${n}`)));
  begin();
  const during = await Promise.all(
    [1, 2, 3, 4, 5].map(async (n) => {
      await systemClock.sleep(n * 500);
      return hook.deliver(`during-${n}`);
    }),
  );
  const received = [...before, ...during].filter(({ status }) => status === 200);
  // Nobody of those who were told 503 may have been told wrongly: the machine fails now.
  await at.redis.kill();
  at.under.cut();
  end();
  await at.redis.start();
  const queue = await openQueue({
    ...{ url: at.redis.url, clock: systemClock, random: Math.random, log: silent },
  });
  closing.push(queue.close);
  const kept = await queue.remembered(received.map(({ guid }) => guid));
  const again = () => Promise.all(during.map(({ guid }) => hook.deliver(guid)));
  const statuses = async () => (await again()).map(({ status }) => status);
  await expect.poll(statuses, { timeout: 20_000, interval: 200 }).toEqual(during.map(() => 200));
  const { waiting } = await queue.state();
  return { before, during, received, kept, waiting };
}

describe.skipIf(!hasBinary("redis-server") || whyNoDisk())("while the queue stands still", () => {
  test("GitHub is told so in time, and gets rid of it all afterwards", async () => {
    const ends = await Promise.all(ways.map(([, way]) => standstill(way)));
    for (const [at, { before, during, received, kept, waiting }] of ends.entries()) {
      const what = ways[at]![0];
      expect(
        before.map(({ status }) => status),
        what,
      ).toEqual([200, 200, 200]);
      expect(
        during.map(({ status }) => status),
        what,
      ).toEqual(during.map(() => 503));
      expect(Math.max(...during.map(({ ms }) => ms)), what).toBeLessThan(TOLD_WITHIN_MS);
      expect([...kept].sort(), what).toEqual(received.map(({ guid }) => guid).sort());
      expect(waiting, what).toBe(before.length + during.length);
    }
  });
});
