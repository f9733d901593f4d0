// /healthz fails where nothing goes on: a queue that nobody works off, a reflector that asks and hears nothing.
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { watchEventLoop } from "../../../src/cmd/process/event-loop.ts";
import { healthApp } from "../../../src/cmd/process/instruments.ts";
import { watchedQueue, watchedReads } from "../../../src/cmd/wiring/progress.ts";
import type { KubeRead } from "../../../src/kube/port.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { health } from "../../../src/lib/health.ts";
import { silent } from "../../../src/lib/logger.ts";
import { POD } from "../../../src/model/pod.ts";
import { PostponedError } from "../../../src/queue/error.ts";
import type { Queue } from "../../../src/queue/port.ts";

const MINUTE_MS = 60_000;

async function healthz(of: ReturnType<typeof health>) {
  const response = await healthApp(() => true, of)(new Request("http://localhost/healthz"));
  return [response.status, await response.text()];
}

function queueWorld(alone: boolean) {
  const time = { now: 0 };
  const of = health(() => time.now);
  let begin: (() => Promise<void>) | undefined;
  const state = { depth: 1 };
  const inner = {
    depth: async () => state.depth,
    work: async (handle: Parameters<Queue["work"]>[0]) => {
      begin = () => handle({ id: "g1", group: "a", payload: "" }, 1);
    },
  } as unknown as Queue;
  const host = { clock: { now: () => new Date(time.now) } };
  const queue = watchedQueue(inner, { health: of, host }, "deliveries", alone, () => time.now);
  const stop = new AbortController();
  const work = (handle: () => Promise<void>) =>
    queue.work(handle, { signal: stop.signal, concurrency: 1, maxAttempts: 1 });
  return { time, of, state, stop, work, begin: () => begin!() };
}

it("a queue that waits for nobody but us, while our workers are free, is no progress", async () => {
  const { time, of, state, stop, work, begin } = queueWorld(true);
  await work(async () => {});
  time.now = 9 * MINUTE_MS;
  expect(await healthz(of)).toEqual([200, "OK"]);
  time.now = 11 * MINUTE_MS;
  expect(await healthz(of)).toEqual([
    503,
    "deliveries: 1 wait, 0 are worked on, and none was begun or ended for 11 minutes\n",
  ]);
  await begin();
  expect(await healthz(of)).toEqual([200, "OK"]);
  time.now = 30 * MINUTE_MS;
  state.depth = 0;
  expect(await healthz(of)).toEqual([200, "OK"]);
  state.depth = 1;
  stop.abort();
  expect(await healthz(of)).toEqual([200, "OK"]);
});

it("what is postponed is nobody's to work on until then", async () => {
  const { time, of, state, work, begin } = queueWorld(true);
  await work(async () => {
    throw new PostponedError("GitHub's budget is used up", 50 * MINUTE_MS);
  });
  await begin().catch(() => {});
  // Those of its group wait with it.
  state.depth = 5;
  time.now = 49 * MINUTE_MS;
  expect(await healthz(of)).toEqual([200, "OK"]);
  time.now = 61 * MINUTE_MS;
  expect((await healthz(of))[0]).toBe(503);
});

it("workers may wait for an hourly limit, and other replicas may work on what waits, but not for ever", async () => {
  const { time, of, work, begin } = queueWorld(true);
  await work(() => new Promise(() => {}));
  void begin();
  const shared = queueWorld(false);
  await shared.work(async () => {});
  time.now = shared.time.now = 60 * MINUTE_MS;
  expect([await healthz(of), await healthz(shared.of)]).toEqual([
    [200, "OK"],
    [200, "OK"],
  ]);
  time.now = shared.time.now = 71 * MINUTE_MS;
  expect((await healthz(of))[1]).toContain("1 are worked on");
  expect((await healthz(shared.of))[0]).toBe(503);
});

it("a reflector lives by what it asks, hears and fails at", async () => {
  const time = { now: 0 };
  const of = health(() => time.now);
  const read = {
    list: () => Promise.reject(new Error("down")),
    watch: async function* () {
      yield { type: "BOOKMARK" };
      time.now += 14 * MINUTE_MS;
      yield { type: "BOOKMARK" };
    },
  } as unknown as KubeRead;
  const stop = new AbortController();
  const watched = watchedReads(read, of, "watch of pods", stop.signal);
  time.now = 14 * MINUTE_MS;
  await watched.list(POD).catch(() => {});
  time.now += 14 * MINUTE_MS;
  for await (const _ of watched.watch(POD, { resourceVersion: "1", signal: stop.signal }));
  time.now += 14 * MINUTE_MS;
  expect(await of.problems()).toEqual([]);
  time.now += 2 * MINUTE_MS;
  expect(await of.problems()).toEqual(["watch of pods: no sign of life for 16 minutes"]);
  stop.abort();
  expect(await of.problems()).toEqual([]);
});

it("an event loop that is held up is counted", async () => {
  const metrics = new Registry();
  const stop = watchEventLoop(metrics, silent);
  await systemClock.sleep(60);
  const until = performance.now() + 250;
  while (performance.now() < until);
  await systemClock.sleep(60);
  stop();
  const text = await metrics.metrics();
  expect(Number(/cutwater_event_loop_stalls_total (\d+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(1);
  expect(Number(/longest_stall_seconds ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(0.1);
});
