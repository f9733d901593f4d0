// What every place that replicas share promises, run over each adapter.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import type { Shared } from "../../src/shared/port.ts";

/** One place; each `open` is another replica's view of it. */
export interface SharedPlace {
  open(): Promise<Shared>;
  /** The most that all values of `put` take. */
  room: number;
  dispose(): Promise<void>;
}

const LONG_MS = 60_000;

export function sharedContract(name: string, place: () => Promise<SharedPlace>): void {
  describe(`what replicas share, in ${name}`, () => {
    let where: SharedPlace;
    let one: Shared;
    let other: Shared;

    beforeEach(async () => {
      where = await place();
      [one, other] = await Promise.all([where.open(), where.open()]);
    });
    afterEach(async () => {
      await Promise.all([one.close(), other.close()]);
      await where.dispose();
    });

    const gone = async (ask: () => Promise<string | undefined>) => {
      while ((await ask()) !== undefined) await systemClock.sleep(5);
    };

    it("keeps what one put for the other, as it was", async () => {
      expect(await other.get("a")).toBeUndefined();
      await one.put("a", '{"text":"grüße\n"}', LONG_MS);
      expect(await other.get("a")).toBe('{"text":"grüße\n"}');
      await other.put("a", "", LONG_MS);
      expect(await one.get("a")).toBe("");
    });

    it("keeps it no longer than it was said", async () => {
      await one.put("a", "x", 30);
      await gone(() => other.get("a"));
      await one.swap("a", undefined, "x", 30);
      await expect.poll(() => other.swap("a", undefined, "y", LONG_MS)).toEqual({ isDone: true });
    });

    it("makes room by what was not used for longest, and takes nothing too large", async () => {
      const tenth = "x".repeat(where.room / 10 - 10);
      for (let n = 0; n < 9; n++) await one.put(`v${n}`, tenth, LONG_MS);
      expect(await other.get("v0")).toBe(tenth);
      for (let n = 9; n < 16; n++) await one.put(`v${n}`, tenth, LONG_MS);
      expect(await other.get("v0")).toBe(tenth);
      expect(await other.get("v1")).toBeUndefined();
      expect(await other.get("v15")).toBe(tenth);
      await one.put("v15", "x".repeat(where.room / 2), LONG_MS);
      expect(await other.get("v15")).toBeUndefined();
      expect(await other.get("v0")).toBe(tenth);
    });

    it("lets one of several swap what is there", async () => {
      const done = { isDone: true };
      expect(await other.swap("a", "1", "2", LONG_MS)).toEqual({ isDone: false });
      expect(await other.swap("a", undefined, "0", LONG_MS)).toEqual(done);
      expect(await one.swap("a", undefined, "1", LONG_MS)).toEqual({ isDone: false, held: "0" });
      const add = async (shared: Shared) => {
        for (let before: string | undefined; ; ) {
          const swapped = await shared.swap("a", before, String(Number(before) + 1), LONG_MS);
          if (swapped.isDone) return;
          before = swapped.held;
        }
      };
      await Promise.all(Array.from({ length: 40 }, (_, n) => add(n % 2 ? one : other)));
      expect(await one.swap("a", "40", "", LONG_MS)).toEqual(done);
      expect(await one.swap("a", undefined, "0", LONG_MS)).toEqual({ isDone: false, held: "" });
      expect(await one.get("a")).toBeUndefined();
    });

    it("tells news to all, in order, once each", async () => {
      const start = await other.told("pulls", undefined);
      expect(start.texts).toEqual([]);
      await one.tell("pulls", "first");
      await other.tell("pulls", "second");
      await one.tell("branches", "elsewhere");
      const next = await other.told("pulls", start.mark);
      expect(next.texts).toEqual(["first", "second"]);
      expect((await other.told("pulls", next.mark)).texts).toEqual([]);
      expect((await one.told("pulls", start.mark)).texts).toEqual(["first", "second"]);
      // Who comes new has nothing that news could change.
      expect((await one.told("pulls", undefined)).texts).toEqual([]);
    });

    it("keeps no more news than has room, however few they are", async () => {
      const { mark } = await one.told("pulls", undefined);
      const text = "x".repeat(100_000);
      await one.tell("pulls", text);
      expect((await other.told("pulls", mark)).texts).toEqual([text]);
      for (let n = 0; n < 50; n++) await one.tell("pulls", text);
      const late = await other.told("pulls", mark);
      expect(late.texts).toBeUndefined();
      await one.tell("pulls", "x".repeat(9_000_000));
      const later = await other.told("pulls", late.mark);
      expect(later.texts).toBeUndefined();
      await one.tell("pulls", "short");
      expect((await other.told("pulls", later.mark)).texts).toEqual(["short"]);
    });

    it("says when news is missing", async () => {
      const { mark } = await one.told("pulls", undefined);
      for (let n = 0; n < 5_000; n += 50)
        await Promise.all(Array.from({ length: 50 }, () => one.tell("pulls", "n")));
      const late = await one.told("pulls", mark);
      expect(late.texts).toBeUndefined();
      expect((await one.told("pulls", late.mark)).texts).toEqual([]);
      expect(
        (await one.told("pulls", { epoch: "of another Redis", at: late.mark.at })).texts,
      ).toBeUndefined();
      expect((await one.told("pulls", { ...late.mark, at: late.mark.at + 1 })).texts).toBeUndefined();
    });
  });
}
