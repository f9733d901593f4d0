// A Redis that is gone for a while: what was acknowledged is done, and every worker works again soon, without help.
//   CUTWATER_REDIS_AWAY_SECONDS=1,20,300 is the long form.
import { afterAll, describe, expect, it } from "vitest";
import { watchedQueue } from "../../src/cmd/wiring/progress.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { health } from "../../src/lib/health.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";
import type { Queue } from "../../src/queue/port.ts";
import { blackHole } from "./black-hole.ts";
import { hasBinary } from "./has-binary.ts";
import { DURABLE, type RedisServer, redisServer } from "./redis-server.ts";

const AWAY_S = (process.env["CUTWATER_REDIS_AWAY_SECONDS"] ?? "1,12").split(",").map(Number);
const BACK_WITHIN_MS = 30_000;
/** GitHub waits for 10 s. */
const ANSWERED_WITHIN_MS = 10_000;

interface Failing {
  url: string;
  goes(): Promise<void> | void;
  returns(): Promise<void> | void;
  close?(): Promise<void>;
}

const ways: Record<string, (redis: RedisServer) => Failing | Promise<Failing>> = {
  killed: ({ url, kill, start }) => ({ url, goes: kill, returns: start }),
  stopped: ({ url, pause, resume }) => ({ url, goes: pause, returns: resume }),
  "out of reach": async ({ port }) => {
    const hole = await blackHole(port);
    const { swallow, heal, close } = hole;
    return { url: `redis://127.0.0.1:${hole.port}`, goes: swallow, returns: heal, close };
  },
};

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** Two workers, and one who adds. */
async function world(url: string) {
  const open = () => openQueue({ url, clock: systemClock, random: Math.random, log: silent });
  const of = health(() => performance.now());
  const stop = new AbortController();
  const done = [new Set<string>(), new Set<string>()];
  const acknowledged = new Set<string>();
  let slowest = 0;
  const workers = await Promise.all(done.map(open));
  const working = workers.map((queue, at) =>
    watchedQueue(queue, { health: of, host: { clock: systemClock } }, `worker ${at}`, false).work(
      async ({ id }) => {
        await systemClock.sleep(5);
        done[at]!.add(id);
      },
      { signal: stop.signal, concurrency: 2, maxAttempts: 3 },
    ),
  );
  const queue: Queue = await open();
  closing.push(async () => {
    stop.abort();
    await Promise.all(working);
    await Promise.all([queue, ...workers].map((one) => one.close()));
  });
  async function add(id: string): Promise<void> {
    const began = performance.now();
    const added = await queue.add({ id, group: id, payload: id }).then(
      () => true,
      () => false,
    );
    slowest = Math.max(slowest, performance.now() - began);
    if (added) acknowledged.add(id);
  }
  let count = 0;
  return {
    ...{ done, acknowledged, of },
    slowest: () => slowest,
    /** Returns when both workers have done something that was added from now on. Milliseconds. */
    async bothWork(prefix: string): Promise<number> {
      const began = performance.now();
      const works = (ids: Set<string>) => [...ids].some((id) => id.startsWith(prefix));
      while (!done.every(works)) {
        if (performance.now() - began > BACK_WITHIN_MS) return Number.POSITIVE_INFINITY;
        for (let n = 0; n < 4; n++) void add(`${prefix}-${count++}`);
        await systemClock.sleep(100);
      }
      return performance.now() - began;
    },
    async during(prefix: string, ms: number): Promise<void> {
      const until = performance.now() + ms;
      const adding: Promise<void>[] = [];
      while (performance.now() < until) {
        adding.push(add(`${prefix}-${count++}`));
        await systemClock.sleep(200);
      }
      void Promise.all(adding);
    },
  };
}

async function goAndReturn(way: (typeof ways)[string], awayS: number) {
  const redis = await redisServer(undefined, ...DURABLE);
  closing.push(redis.dispose);
  const failing = await way(redis);
  if (failing.close) closing.push(failing.close);
  const at = await world(failing.url);
  await at.bothWork("before");
  await failing.goes();
  await at.during("during", awayS * 1_000);
  await failing.returns();
  const backMs = await at.bothWork("after");
  const done = () => at.done.reduce((all, ids) => all.union(ids));
  const left = () => [...at.acknowledged].filter((id) => !done().has(id));
  const lost = await expect
    .poll(left, { timeout: BACK_WITHIN_MS, interval: 100 })
    .toEqual([])
    .then(() => [], left);
  return { backMs, lost, slowest: at.slowest(), problems: await at.of.problems() };
}

describe.skipIf(!hasBinary("redis-server"))("a Redis that goes and comes back", () => {
  it("is worked with again by every worker within 30 s, keeps what it acknowledged, and nobody is restarted", async () => {
    const cases = Object.entries(ways).flatMap(([name, way]) =>
      AWAY_S.map((awayS) => ({ name, way, awayS })),
    );
    const ends = await Promise.all(cases.map(async ({ way, awayS }) => goAndReturn(way, awayS)));
    for (const [at, { backMs, lost, slowest, problems }] of ends.entries()) {
      const what = `${cases[at]!.name} for ${cases[at]!.awayS} s`;
      expect(backMs, what).toBeLessThan(BACK_WITHIN_MS);
      expect(slowest, what).toBeLessThan(ANSWERED_WITHIN_MS);
      expect({ lost, problems }, what).toEqual({ lost: [], problems: [] });
    }
  }, 600_000);
});
