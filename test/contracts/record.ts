// What every record promises, run over each adapter.
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openRecord, readRecord } from "../../src/record/open.ts";
import type { Entry, Record } from "../../src/record/port.ts";

/** Somewhere to keep one record; `dispose` takes it away. */
export interface RecordPlace {
  url: string;
  dispose(): Promise<void>;
}

const ref = { org: "acme", repo: "tool", number: 7 };
const HEAD = "a".repeat(40);
const DAY_MS = 24 * 3_600_000;
const keepMs = 90 * DAY_MS;

let minute = 0;
/** A minute after the one before. */
const entry = (what: string, more: Partial<Entry> = {}): Entry => ({
  at: new Date(Date.now() - DAY_MS + minute++ * 60_000).toISOString(),
  kind: "effect",
  what,
  org: "acme",
  repo: "tool",
  ...more,
});

export function recordContract(name: string, place: () => Promise<RecordPlace>): void {
  describe(`record on ${name}`, () => {
    let where: RecordPlace;
    let record: Record;
    const options = (clock: Clock = systemClock) => ({ url: where.url, clock, log: silent, keepMs });
    const open = (clock?: Clock) => openRecord({ ...options(clock), metrics: new Registry() });
    /** What another process reads once all is written. */
    async function read<T>(ask: (from: Awaited<ReturnType<typeof readRecord>>) => Promise<T>): Promise<T> {
      const reader = await readRecord(options());
      try {
        return await ask(reader);
      } finally {
        reader.close();
      }
    }
    const whats = async (limit = 100) =>
      read(async (from) => (await from.pull(ref, limit)).map(({ what }) => what));
    async function written(...entries: Entry[]): Promise<void> {
      for (const each of entries) record.append(each);
      await record.close();
      record = await open();
    }

    beforeEach(async () => {
      where = await place();
      record = await open();
    });
    afterEach(async () => {
      await record.close();
      await where.dispose();
    });

    it("gives back what is about a pull request, the oldest first, whatever the case of its name", async () => {
      const full = entry("first", {
        pulls: [7],
        shas: [HEAD],
        ...{ component: "hook", plugin: "lgtm", guid: "g1", actor: "alice", act: "addLabels", ms: 12 },
        because: ["It was asked for."],
      });
      await written(full, entry("other", { pulls: [8] }), entry("second", { org: "Acme", pulls: [7, 8] }));
      expect(await whats()).toEqual(["first", "second"]);
      expect((await read((from) => from.pull({ ...ref, org: "ACME" }, 1)))[0]?.what).toBe("second");
      expect((await read((from) => from.pull(ref, 100)))[0]).toEqual(full);
    });

    it("finds what tells only a commit of the pull request", async () => {
      await written(
        entry("opened", { pulls: [7], shas: [HEAD] }),
        entry("status", { shas: [HEAD] }),
        entry("status elsewhere", { shas: ["b".repeat(40)] }),
        entry("the same commit elsewhere", { repo: "fork", shas: [HEAD] }),
      );
      expect(await whats()).toEqual(["opened", "status"]);
    });

    it("finds a ProwJob's entries and the event that it began with", async () => {
      await written(
        entry("commented", { kind: "event", guid: "g1" }),
        entry("label", { guid: "g1" }),
        entry("create", { guid: "g1", prowjob: "pj" }),
        entry("pending", { prowjob: "pj" }),
        entry("another", { prowjob: "pj2", guid: "g2" }),
      );
      const found = await read((from) => from.prowjob("pj", 100));
      expect(found.map(({ what }) => what)).toEqual(["commented", "create", "pending"]);
    });

    it("gives the newest of more than are asked for", async () => {
      await written(...["1", "2", "3", "4"].map((what) => entry(what, { pulls: [7] })));
      expect(await whats(2)).toEqual(["3", "4"]);
    });

    it("can be read while it is being written", async () => {
      record.append(entry("now", { pulls: [7] }));
      while ((await whats()).length === 0) await systemClock.sleep(10);
      expect(await whats()).toEqual(["now"]);
    });

    it("takes what several processes write", async () => {
      const second = await open();
      record.append(entry("by the first", { pulls: [7] }));
      second.append(entry("by the second", { pulls: [7] }));
      await second.close();
      await written();
      expect((await whats()).sort()).toEqual(["by the first", "by the second"]);
    });

    it("keeps what others wrote within bounds, harmless to a terminal and free of tokens", async () => {
      const hostile = `\x1b[2Jcursed\r\n\u202e ghp_${"A1".repeat(18)} https://bot:s3cret@host/ ${"x".repeat(9_000)}`;
      await written(entry(hostile, { pulls: [7], error: hostile, shas: [hostile] }));
      const [kept] = await read((from) => from.pull(ref, 1));
      for (const text of [kept?.what ?? "", kept?.error ?? "", kept?.shas?.[0] ?? ""]) {
        expect(text).toContain("cursed");
        expect(text).not.toMatch(/[\x00-\x1f\u202e]|ghp_|s3cret/);
        expect(text.length).toBeLessThanOrEqual(500);
      }
    });
  });
}
