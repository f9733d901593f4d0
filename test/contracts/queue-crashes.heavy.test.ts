// Workers that die amid their work: what they had is tried again, what kills them is put aside, and others hardly notice.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { queueMetrics } from "../../src/hook/queue-metrics.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { BackOff } from "../../src/lib/waiting/back-off.ts";
import { BACK_OFF } from "../../src/queue/figures.ts";
import { openQueue } from "../../src/queue/open.ts";
import type { Queue } from "../../src/queue/port.ts";
import { hasBinary } from "./has-binary.ts";
import type { QueuePlace } from "./queue.ts";
import { DURABLE, redisServer } from "./redis-server.ts";

interface Pace extends BackOff {
  leaseMs: number;
}
const HASTE: Pace = { firstMs: 20, longestMs: 60, leaseMs: 250 };
const USUAL: Pace = { ...BACK_OFF, leaseMs: 1_000 };
const NEIGHBOURS = 240;

async function file(): Promise<QueuePlace> {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-crashes-"));
  return {
    url: `sqlite:${join(directory, "queue.db")}`,
    dispose: () => rm(directory, { recursive: true }),
  };
}

const places: Record<string, () => Promise<QueuePlace>> = {
  SQLite: file,
  ...(hasBinary("redis-server") && {
    BullMQ: () => redisServer(undefined, ...DURABLE),
  }),
};

describe.each(Object.entries(places))("workers of a queue on %s that die", (_, place) => {
  let where: QueuePlace;
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "cutwater-deaths-"));
    where = await place();
  });
  afterEach(async () => {
    await where.dispose();
    await rm(directory, { recursive: true });
  });

  async function withQueue<T>(act: (queue: Queue) => Promise<T>): Promise<T> {
    const { url } = where;
    const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
    try {
      return await act(queue);
    } finally {
      await queue.close();
    }
  }

  /** Starts workers as often as they die, until nothing waits or `enough`. Returns how often one died. */
  async function workOff(
    { firstMs, longestMs, leaseMs }: Pace,
    enough: (id: string) => boolean,
    workers = 1,
  ): Promise<number> {
    const script = join(import.meta.dirname, "queue-crash-child.ts");
    const figures = [firstMs, longestMs, leaseMs].map(String);
    const argv = [script, where.url, ...figures, join(directory, "deaths")];
    const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, "code") };
    const over = new AbortController();
    const one = async () => {
      for (let deaths = 0; ; deaths++) {
        const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"], env });
        const kill = () => void child.kill("SIGKILL");
        over.signal.addEventListener("abort", kill);
        const ended = once(child, "close");
        for await (const id of createInterface(child.stdout)) if (enough(id)) over.abort();
        const [code] = await ended;
        over.signal.removeEventListener("abort", kill);
        if (over.signal.aborted || code === 0) return deaths;
        if (code !== null) throw new Error(`a worker ended with ${code}`);
      }
    };
    const deaths = await Promise.all(Array.from({ length: workers }, one));
    return deaths.reduce((sum, each) => sum + each);
  }

  it("five are survived, twenty make a dead letter, and whoever was beside it is done", async () => {
    const others = Array.from({ length: 10 }, (_, at) => `other-${at}`);
    await withQueue(async (queue) => {
      for (const id of ["poison", "after-poison"]) await queue.add({ id, group: "bad", payload: `of ${id}` });
      for (const id of ["survivor", ...others]) await queue.add({ id, group: id, payload: "" });
    });
    const done = new Set<string>();
    const deaths = await workOff(HASTE, (id) => !done.add(id));
    expect(deaths).toBeGreaterThanOrEqual(20);
    expect(deaths).toBeLessThanOrEqual(25);
    expect(done).toEqual(new Set(["after-poison", "survivor", ...others]));
    await withQueue(async (queue) => {
      expect(await Array.fromAsync(queue.dead())).toMatchObject([
        {
          ...{ id: "poison", group: "bad", payload: "of poison", attempts: 0 },
          error: "20 workers have died while they worked on it",
        },
      ]);
      const metrics = new Registry();
      queueMetrics(metrics, { webhooks: queue }, systemClock);
      expect(await metrics.metrics()).toContain('cutwater_queue_dead_letters{queue="webhooks"} 1');
    });
  });

  it("do not hold up what is beside it: that is done long before the twentieth", async () => {
    // A file is one process's; on Redis there is somebody else as a rule.
    const workers = where.url.startsWith("redis:") ? 2 : 1;
    const left = new Set(Array.from({ length: NEIGHBOURS }, (_, at) => `beside-${at}`));
    await withQueue(async (queue) => {
      for (const id of ["poison", ...left]) await queue.add({ id, group: id, payload: "" });
    });
    const deaths = await workOff(USUAL, (id) => left.delete(id) && left.size === 0, workers);
    expect(deaths).toBeGreaterThanOrEqual(1);
    // Each rest is twice as long as the one before it.
    expect(deaths).toBeLessThanOrEqual(6);
    await withQueue(async (queue) => expect(await Array.fromAsync(queue.dead())).toEqual([]));
  });
});
