// No room for webhooks: GitHub is told 503, whoever watches is told, nothing that was taken is lost, and it goes on by itself.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";
import type { Queue } from "../../src/queue/port.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { DURABLE, redisServer, redisServerWith } from "../contracts/redis-server.ts";
import { type HookAt, hookAt } from "./hook-at.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const BACK_WITHIN_MS = 30_000;
/** Compressed it is no shorter. */
const words = () => randomBytes(45_000).toString("base64");

/** Delivers, several at once, until some are refused; GUIDs by what was answered. */
async function fill(hook: HookAt) {
  const received: string[] = [];
  const refused: string[] = [];
  for (let wave = 0; wave < 60 && refused.length === 0; wave++) {
    const guids = Array.from({ length: 10 }, (_, n) => `fill-${wave * 10 + n}`);
    for (const { guid, status } of await Promise.all(guids.map((guid) => hook.deliver(guid, words())))) {
      if (status !== 200) expect(status).toBe(503);
      (status === 200 ? received : refused).push(guid);
    }
  }
  return { received, refused };
}

async function open(url: string): Promise<Queue> {
  const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
  closing.push(queue.close);
  return queue;
}

/** What is worked on from now on. */
function worker(queue: Queue): Set<string> {
  const done = new Set<string>();
  const stop = new AbortController();
  const working = queue.work(async ({ id }) => void done.add(id), {
    ...{ signal: stop.signal, concurrency: 4, maxAttempts: 3 },
  });
  closing.push(() => {
    stop.abort();
    return working;
  });
  return done;
}

async function told(hook: HookAt): Promise<void> {
  expect(await hook.metrics()).toMatch(/prow_webhook_response_codes{response_code="503"} [1-9]/);
  expect(hook.log()).toContain("a webhook could not be stored");
}

const delivered = (hook: HookAt, guids: string[]) =>
  expect
    .poll(
      async () => (await Promise.all(guids.map((guid) => hook.deliver(guid)))).map(({ status }) => status),
      {
        ...{ timeout: BACK_WITHIN_MS, interval: 300 },
      },
    )
    .toEqual(guids.map(() => 200));

describe.skipIf(!hasBinary("redis-server"))("a Redis without memory", () => {
  test("leaves room to be worked off, and goes on when there is some again", async () => {
    const { url, dispose } = await redisServer(undefined, ...DURABLE, "--maxmemory", "10mb");
    closing.push(dispose);
    const hook = await hookAt({ role: "gateway", queue: url });
    closing.push(hook.stop);
    const { received, refused } = await fill(hook);
    expect(received.length).toBeGreaterThan(50);
    await told(hook);

    // All of the rest is taken by somebody else: nothing can be changed any more, whatever is tried.
    const other = new Redis(url);
    closing.push(() => other.disconnect());
    let taken = 0;
    for (; taken < 1_000; taken++)
      if (
        await other.set(`other:${taken}`, words()).then(
          () => false,
          () => true,
        )
      )
        break;
    const queue = await open(url);
    const done = worker(queue);
    expect((await hook.deliver("while-full")).status).toBe(503);
    await systemClock.sleep(1_000);
    expect(done.size).toBe(0);
    for (let n = 0; n < taken; n++) await other.del(`other:${n}`);

    // With no more memory than before, what is worked off makes room.
    await expect
      .poll(() => received.filter((guid) => !done.has(guid)), { timeout: BACK_WITHIN_MS })
      .toEqual([]);
    await delivered(hook, [...refused, "while-full"]);
    await expect.poll(() => done.has("while-full"), { timeout: BACK_WITHIN_MS }).toBe(true);
  });

  test("on a full disk it refuses too, and has everything when the disk has room again", async () => {
    const narrow = ["bash", "-c", 'trap "" XFSZ; [ -e "$0" ] || ulimit -S -f 3000; exec "$@"'];
    const room = join(mkdtempSync(join(tmpdir(), "cutwater-full-")), "room");
    closing.push(() => rmSync(join(room, ".."), { recursive: true }));
    const redis = await redisServerWith({ through: [...narrow, room] }, ...DURABLE);
    closing.push(redis.dispose);
    const hook = await hookAt({ role: "gateway", queue: redis.url });
    closing.push(hook.stop);
    const { received, refused } = await fill(hook);
    expect(received.length).toBeGreaterThan(20);
    await told(hook);
    // Redis ends when it cannot write; whoever runs it starts it again.
    await redis.kill();
    execFileSync("touch", [room]);
    await redis.start();
    await delivered(hook, refused);
    const done = worker(await open(redis.url));
    const all = [...received, ...refused];
    await expect.poll(() => all.filter((guid) => !done.has(guid)), { timeout: BACK_WITHIN_MS }).toEqual([]);
  });
});

describe.skipIf(!hasBinary("prlimit"))("a queue in a file on a full disk", () => {
  test("refuses, keeps what it took, and goes on in the same process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cutwater-full-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const url = `sqlite:${join(folder, "queue.db")}`;
    const hook = await hookAt({ role: "all", queue: url, through: ["prlimit", "--fsize=2000000:unlimited"] });
    closing.push(hook.stop);
    const { received, refused } = await fill(hook);
    expect(received.length).toBeGreaterThan(5);
    await told(hook);
    execFileSync("prlimit", ["--pid", `${hook.pid}`, "--fsize=unlimited"]);
    await delivered(hook, refused);
    await expect
      .poll(() => hook.metrics(), { timeout: BACK_WITHIN_MS })
      .toContain('cutwater_queue_waiting{queue="webhooks"} 0');
    await hook.stop();
    const queue = await open(url);
    const all = [...received, ...refused];
    expect([...(await queue.remembered(all))].sort()).toEqual(all.sort());
    expect(await queue.state()).toMatchObject({ waiting: 0, dead: 0 });
  });
});
