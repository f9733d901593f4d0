// The mark of the queue's memory outside of it: who keeps it, and what happens where it can not be kept.
import { beforeEach, expect, test } from "vitest";
import { keepMark, type MarkDeps, type MarkMemory } from "../../src/hook/keep-mark.ts";
import { memoryMarks } from "../../src/hook/mark-store.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import { keptMarks } from "./kept-marks.ts";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const time = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
let said: string[];
const log: Logger = { ...silent, warn: (_: unknown, words: string) => void said.push(words) };
const newProcess = (): MarkMemory => ({ told: new Set() });

beforeEach(() => {
  said = [];
});

/** A queue whose memory began then, looked at by a process at that time. */
const look = (since: number, now: number, more: Partial<MarkDeps> = {}, memory = newProcess()) =>
  keepMark(
    {
      queue: { state: async () => ({ waiting: 0, dead: 0, since: time(since) }) },
      clock: { now: () => new Date(time(now)) },
      marks: memoryMarks(),
      log,
      ...more,
    },
    memory,
  );

test("a process that has just started sees that the queue it finds is not the one that there was", async () => {
  const { marks } = keptMarks();
  expect((await look(0, 5, { marks })).mark.lost).toEqual([]);
  const { mark } = await look(30, 31, { marks });
  expect(mark.lost.map(({ from, to }) => [from, to])).toEqual([[Date.parse(time(3)), Date.parse(time(32))]]);
  expect(said).toEqual([expect.stringContaining(`${time(3)} to ${time(32)}`)]);
  expect((await marks.read())?.lost).toEqual(mark.lost);
});

test("what waits for an external plugin is not done", async () => {
  const { marks } = keptMarks();
  const outside = { state: async () => ({ waiting: 1, dead: 0, since: time(0), oldest: time(2) }) };
  expect((await look(0, 9, { marks, outside })).mark.done).toBe(Date.parse(time(2)));
});

test("two replicas that write at once lose nothing of each other's", async () => {
  const kept = keptMarks();
  await look(0, 5, kept);
  kept.overtake();
  expect((await look(30, 31, kept)).mark.lost).toHaveLength(1);
  expect((await kept.marks.read())?.since).toBe(Date.parse(time(30)));
});

test("without the right to keep it that is told once, and a loss is seen by who is there", async () => {
  const kept = keptMarks();
  kept.refuse(403);
  const memory = newProcess();
  expect((await look(0, 5, kept, memory)).failed).toBe(false);
  expect(kept.stored()).toBeUndefined();
  expect((await look(30, 31, kept, memory)).mark.lost).toHaveLength(1);
  expect(said.filter((words) => words.includes("cutwater-queue"))).toHaveLength(1);
  expect((await look(30, 32, kept)).mark.lost).toEqual([]);
});

test("while the cluster does not answer the sweep goes on, but has not succeeded", async () => {
  const kept = keptMarks();
  await look(0, 5, kept);
  kept.refuse(0);
  expect(await look(30, 31, kept)).toMatchObject({ failed: true, mark: { lost: [] } });
  expect(await kept.marks.read().catch(() => "no")).toBe("no");
});

test("what else is in the ConfigMap stays", async () => {
  const kept = keptMarks();
  await look(0, 5, kept);
  Object.assign(kept.stored()!.data!, { other: "theirs" });
  await look(0, 6, kept);
  expect(kept.stored()).toMatchObject({
    metadata: { namespace: "prow", name: "cutwater-queue" },
    data: { other: "theirs" },
  });
});
