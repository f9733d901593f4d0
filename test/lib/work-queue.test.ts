// The work queue: one worker a key, nothing lost, failures later again.
import { describe, expect, test } from "vitest";
import { type WorkQueue, workQueue } from "../../src/lib/work-queue.ts";
import { type ManualClock, manualClock, settle } from "./manual-clock.ts";

function harness(
  work: (key: string) => Promise<void>,
  workers = 2,
  isPatient?: (key: string) => boolean,
  postponeMs?: (key: string, error: unknown) => number | undefined,
) {
  const clock: ManualClock = manualClock();
  const errors: string[] = [];
  const stop = new AbortController();
  const queue: WorkQueue = workQueue({
    clock,
    random: () => 0.999999,
    workers,
    work,
    isPatient,
    ...(postponeMs && { postponeMs }),
    onError: (key, error, retryInMs) =>
      errors.push(`${key}: ${(error as Error).message}, ${Math.round(retryInMs)}`),
  });
  return { clock, errors, stop, queue, done: queue.run(stop.signal) };
}

describe("work queue", () => {
  test("works on keys in order, each waiting once however often it was added", async () => {
    const seen: string[] = [];
    const { queue } = harness(async (key) => void seen.push(key), 1);
    for (const key of ["begun", "a", "b", "a", "c", "b"]) queue.add(key);
    await settle();
    expect(seen).toEqual(["begun", "a", "b", "c"]);
  });

  test("patient keys let others go first, but do not wait for ever", async () => {
    const seen: string[] = [];
    const { queue } = harness(
      async (key) => void seen.push(key),
      1,
      (key) => key.startsWith("p"),
    );
    queue.add("begun");
    for (const key of ["p1", "p2"]) queue.add(key);
    for (let index = 0; index < 30; index++) queue.add(`u${index}`);
    await settle();
    expect([seen.indexOf("p1"), seen.indexOf("p2")]).toEqual([9, 19]);
    expect(seen).toHaveLength(33);
  });

  test("never works on a key twice at a time, and looks again if it was added meanwhile", async () => {
    const started: string[] = [];
    const finish: (() => void)[] = [];
    const { queue } = harness((key) => {
      started.push(key);
      return new Promise((resolve) => finish.push(resolve));
    }, 5);
    queue.add("a");
    queue.add("b");
    await settle();
    queue.add("a");
    queue.add("a");
    await settle();
    expect(started).toEqual(["a", "b"]);
    finish[0]!();
    await settle();
    expect(started).toEqual(["a", "b", "a"]);
    finish[2]!();
    await settle();
    expect(started).toEqual(["a", "b", "a"]);
  });

  test("works on no more keys side by side than allowed", async () => {
    let active = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    const { queue } = harness(async () => {
      most = Math.max(most, ++active);
      await new Promise<void>((resolve) => finish.push(resolve));
      active--;
    }, 3);
    for (let key = 0; key < 10; key++) queue.add(String(key));
    for (let key = 0; key < 10; key++) {
      await settle();
      finish[key]!();
    }
    await settle();
    expect([most, active, queue.size()]).toEqual([3, 0, 0]);
  });

  test("tries a failing key again after growing pauses, and forgets the failures on success", async () => {
    let failures = 3;
    const times: number[] = [];
    const { queue, clock, errors } = harness(async () => {
      times.push(clock.now().getTime());
      if (failures-- > 0) throw new Error("no");
    });
    queue.add("a");
    await clock.advance(10_000);
    expect(times.slice(1).map((time, index) => Math.round((time - times[index]!) / 100) * 100)).toEqual([
      200, 400, 800,
    ]);
    expect(errors).toEqual(["a: no, 200", "a: no, 400", "a: no, 800"]);
    expect(queue.failures("a")).toBe(0);
  });

  test("what is to wait comes again after that time, and is no failure", async () => {
    const times: number[] = [];
    const work = async () => {
      times.push(clock.now().getTime());
      if (times.length < 3) throw new Error("not yet");
    };
    const { queue, clock, errors } = harness(work, 2, undefined, () => 90_000);
    const began = clock.now().getTime();
    queue.add("a");
    await clock.advance(200_000);
    expect(times.map((time) => time - began)).toEqual([0, 90_000, 180_000]);
    expect([errors, queue.failures("a")]).toEqual([[], 0]);
  });

  test("of several later wishes the earliest counts", async () => {
    const times: number[] = [];
    const { queue, clock } = harness(async () => void times.push(clock.now().getTime()));
    const began = clock.now().getTime();
    queue.addAfter("a", 5000);
    queue.addAfter("a", 1000);
    queue.addAfter("a", 3000);
    await clock.advance(10_000);
    expect(times.map((time) => time - began)).toEqual([1000]);
  });

  test("stops when what has begun is finished, and begins nothing more", async () => {
    const finish: (() => void)[] = [];
    const started: string[] = [];
    const { queue, stop, done } = harness((key) => {
      started.push(key);
      return new Promise((resolve) => finish.push(resolve));
    }, 1);
    queue.add("a");
    queue.add("b");
    await settle();
    let over = false;
    void done.then(() => {
      over = true;
    });
    stop.abort();
    await settle();
    expect(over).toBe(false);
    finish[0]!();
    await done;
    expect(started).toEqual(["a"]);
  });

  test("takes 100,000 keys", async () => {
    let count = 0;
    const { queue } = harness(async () => void count++, 50);
    for (let key = 0; key < 100_000; key++) queue.add(String(key));
    while (queue.size() > 0) await settle();
    await settle();
    expect(count).toBe(100_000);
  });
});
