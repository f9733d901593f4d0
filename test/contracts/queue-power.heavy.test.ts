// kill -9 of Redis amid a burst, and its file cut back to what was synced: nothing that was acknowledged is lost.
//   CUTWATER_REDIS_KILLS=100 is the long form.
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";
import { disk, whyNoDisk } from "./disk.ts";
import { hasBinary } from "./has-binary.ts";
import { DURABLE, redisServerWith } from "./redis-server.ts";

const KILLS = Number(process.env["CUTWATER_REDIS_KILLS"] ?? 10);
const ADDERS = 8;
/** So that many are killed within a sync. */
const SYNC_MS = 4;

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe.skipIf(!hasBinary("redis-server") || whyNoDisk())("a Redis whose machine loses power", () => {
  it("keeps what it has acknowledged, and what is not acknowledged may be added again", async () => {
    const under = disk(SYNC_MS);
    const redis = await redisServerWith({ env: under.env }, ...DURABLE);
    closing.push(under.dispose, redis.dispose);
    const open = () =>
      openQueue({ url: redis.url, clock: systemClock, random: Math.random, log: silent, leaseMs: 2_000 });
    const [adding, working] = await Promise.all([open(), open()]);
    const done = new Set<string>();
    const stop = new AbortController();
    const work = working.work(async ({ id }) => void done.add(id), {
      ...{ signal: stop.signal, concurrency: 4, maxAttempts: 3 },
    });
    closing.push(async () => {
      stop.abort();
      await work;
      await Promise.all([adding.close(), working.close()]);
    });
    const acknowledged = new Set<string>();
    const over = new AbortController();
    const adders = Array.from({ length: ADDERS }, async (_, adder) => {
      for (let n = 0; !over.signal.aborted; n++) {
        const id = `${adder}-${n}`;
        const item = { id, group: `g${n % 40}`, payload: id.repeat(50) };
        // As GitHub's deliveries are asked for again.
        while (!over.signal.aborted && !acknowledged.has(id))
          await adding.add(item).then(
            () => void acknowledged.add(id),
            () => systemClock.sleep(20),
          );
      }
    });
    let cut = 0;
    for (let kills = 0; kills < KILLS; kills++) {
      const before = acknowledged.size;
      await expect
        .poll(() => acknowledged.size, { timeout: 20_000, interval: 5 })
        .toBeGreaterThan(before + 50);
      await systemClock.sleep(Math.random() * 100);
      await redis.kill();
      cut += under.cut();
      await redis.start();
    }
    over.abort();
    await Promise.all(adders);
    const lost = () => [...acknowledged].filter((id) => !done.has(id));
    await expect.poll(lost, { timeout: 20_000, interval: 100 }).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(KILLS * 50);
    // Without it nothing would have been proven.
    expect(cut).toBeGreaterThan(0);
  }, 600_000);
});
