// Which deliveries are asked for once more, and when.
import { describe, expect, test } from "vitest";
import type { LoggedDelivery } from "../../src/github/port.ts";
import { type Awaited, behindSince, decideSweep, type Swept } from "../../src/hook/sweep.ts";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const MINUTE = 60_000;
let id = 100;
/** Later ones first, as in GitHub's log. */
const tried = (guid: string, ok: boolean, minutesAgo = 5): LoggedDelivery => ({
  id: String(id--),
  guid,
  event: "push",
  deliveredAt: new Date(NOW - minutesAgo * MINUTE).toISOString(),
  ok,
});
const decide = (log: LoggedDelivery[], more: Partial<Swept> = {}) =>
  decideSweep({ log, remembered: new Set(), awaited: new Map(), now: NOW, periodMs: MINUTE, ...more });
const guids = (list: LoggedDelivery[]) => list.map(({ guid }) => guid);

describe("a delivery", () => {
  test("that nobody took is asked for, the oldest first, by its latest try", () => {
    const log = [tried("b", false, 1), tried("a", false, 2), tried("a", false, 9)];
    const { redeliver } = decide(log);
    expect(guids(redeliver)).toEqual(["a", "b"]);
    expect(redeliver[0]).toBe(log[1]);
  });

  test("with one good answer among its tries is done", () => {
    expect(decide([tried("a", true, 1), tried("a", false, 2)]).redeliver).toEqual([]);
    expect(decide([tried("a", false, 1), tried("a", true, 2)]).redeliver).toEqual([]);
  });

  test("that we have is done, though GitHub never saw our answer", () => {
    expect(decide([tried("a", false)], { remembered: new Set(["a"]) }).redeliver).toEqual([]);
  });

  test("is asked for once at a time, less and less often, until it has come", () => {
    const asked: number[] = [];
    let awaited: ReadonlyMap<string, Awaited> = new Map();
    for (let minute = 0; minute < 200; minute++) {
      // Each redelivery fails again, and the log shows it a minute later.
      const log = [tried("a", false, 5 - minute)];
      const decided = decide(log, { awaited, now: NOW + minute * MINUTE });
      if (decided.redeliver.length > 0) asked.push(minute);
      ({ awaited } = decided);
    }
    expect(asked).toEqual([0, 2, 6, 14, 30, 62, 122, 182]);
    expect(decide([], { awaited, remembered: new Set(["a"]) }).awaited.size).toBe(0);
  });

  test("whose redelivery could not be asked for stays awaited when the log goes on without it", () => {
    const { awaited } = decide([tried("a", false)]);
    expect(guids(decide([], { awaited, now: NOW + 2 * MINUTE }).redeliver)).toEqual(["a"]);
  });

  test("is probably still to come until it was asked for four times, since its first try", () => {
    let awaited: ReadonlyMap<string, Awaited> = new Map();
    const behind: (number | undefined)[] = [];
    for (const minute of [0, 2, 6, 14]) {
      const log = [tried("a", false, 1 - minute), ...(minute === 0 ? [tried("a", false, 9)] : [])];
      ({ awaited } = decide(log, { awaited, now: NOW + minute * MINUTE }));
      behind.push(behindSince(awaited.values()));
    }
    const first = NOW - 9 * MINUTE;
    expect(behind).toEqual([first, first, first, undefined]);
  });

  test("that GitHub keeps no more is given up", () => {
    const { awaited } = decide([tried("a", false)]);
    const days = (n: number) => decide([], { awaited, now: NOW + n * 24 * 60 * MINUTE });
    expect(guids(days(2.9).redeliver)).toEqual(["a"]);
    expect(days(3)).toEqual({ redeliver: [], awaited: new Map(), missing: 0 });
  });

  test("that is refused for good does not keep others waiting, however many are", () => {
    const refused = Array.from({ length: 200 }, (_, n) => tried(`refused ${n}`, false, 60));
    let { awaited } = decide(refused, { now: NOW - 30 * MINUTE });
    ({ awaited } = decide(refused, { awaited, now: NOW - 29 * MINUTE }));
    const { redeliver } = decide([tried("new", false, 1), ...refused], { awaited });
    expect(redeliver).toHaveLength(150);
    expect(redeliver[0]?.guid).toBe("new");
  });

  test("is one of 150 at most at once: GitHub would take no more in a minute", () => {
    const log = Array.from({ length: 400 }, (_, n) => tried(`g${n}`, false, n / 100));
    const first = decide(log);
    expect(first.redeliver).toHaveLength(150);
    const next = decide(log, { awaited: first.awaited, now: NOW + MINUTE });
    expect(next.redeliver).toHaveLength(150);
    expect(guids(next.redeliver)).not.toContain(first.redeliver[0]?.guid);
  });
});

describe("when the queue has lost its memory", () => {
  test("what was acknowledged in lost times and is not remembered comes again, and nothing else", () => {
    const lost = [{ from: NOW - 16 * MINUTE, to: NOW - MINUTE }];
    const log = [tried("after", true, 0.5), tried("before", true, 3), tried("long before", true, 17)];
    expect(guids(decide(log, { lost }).redeliver)).toEqual(["before"]);
    expect(decide(log).redeliver).toEqual([]);
  });

  test("it is missing until the queue has it again, however often it was asked for", () => {
    const lost = [{ from: NOW - 16 * MINUTE, to: NOW - MINUTE }];
    const log = [tried("before", true, 3), tried("never", false, 3)];
    const first = decide(log, { lost });
    expect(first.missing).toBe(1);
    expect(decide(log, { lost, awaited: first.awaited }).missing).toBe(1);
    expect(decide(log, { lost, remembered: new Set(["before"]) }).missing).toBe(0);
  });
});
