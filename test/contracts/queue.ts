// What every queue promises, run over each adapter.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seeded } from "../../scripts/seeded.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { PermanentError, PostponedError } from "../../src/queue/error.ts";
import { openQueue } from "../../src/queue/open.ts";
import type { Queue, QueueItem } from "../../src/queue/port.ts";

/** Somewhere to keep one queue; `dispose` takes it away. */
export interface QueuePlace {
  url: string;
  dispose(): Promise<void>;
}

const DEAD_BYTES = 20_000;
const LEASE_MS = 2_000;

const item = (id: string, group: string): QueueItem => ({ id, group, payload: `payload of ${id}` });

export function queueContract(name: string, place: () => Promise<QueuePlace>): void {
  describe(`queue on ${name}`, () => {
    let where: QueuePlace;
    let queue: Queue;
    const open = () =>
      openQueue({
        url: where.url,
        clock: systemClock,
        random: Math.random,
        log: silent,
        backOff: { firstMs: 30, longestMs: 200 },
        leaseMs: LEASE_MS,
        deadBytes: DEAD_BYTES,
      });

    beforeEach(async () => {
      where = await place();
      queue = await open();
    });
    afterEach(async () => {
      await queue.close();
      await where.dispose();
    });

    /** Works until `enough` says so. */
    async function workUntil(
      enough: () => boolean | Promise<boolean>,
      handle: (item: QueueItem, attempt: number) => Promise<void>,
      maxAttempts = 3,
    ): Promise<void> {
      const stop = new AbortController();
      const working = queue.work(handle, { signal: stop.signal, concurrency: 8, maxAttempts });
      while (!(await enough())) await systemClock.sleep(5);
      stop.abort();
      await working;
    }
    const empty = async () => (await queue.depth()) === 0;

    it("works on the items of a group one by one, in the order of adding", async () => {
      const seen: string[] = [];
      let together = 0;
      let most = 0;
      for (let n = 0; n < 20; n++) await queue.add(item(`i${n}`, "org/repo#1"));
      await workUntil(empty, async ({ id }) => {
        most = Math.max(most, ++together);
        await systemClock.sleep(1);
        seen.push(id);
        together--;
      });
      expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => `i${n}`));
      expect(most).toBe(1);
    });

    it("works on different groups side by side", async () => {
      await queue.add(item("a", "org/repo#1"));
      await queue.add(item("b", "org/repo#2"));
      const started = new Set<string>();
      await workUntil(empty, async ({ id }) => {
        started.add(id);
        while (started.size < 2) await systemClock.sleep(1); // ends only if both run at once
      });
      expect([...started].sort()).toEqual(["a", "b"]);
    });

    it("takes an id once, also while many add it at the same time and after it is done", async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => queue.add(item("same", "g"))));
      expect(answers.filter(({ added }) => added)).toHaveLength(1);
      let times = 0;
      await workUntil(empty, async () => void times++);
      expect(await queue.add(item("same", "g"))).toEqual({ added: false });
      expect(await queue.depth()).toBe(0);
      expect(times).toBe(1);
    });

    it("has one effect of an id that comes a thousand times, fifty at once, beside others and across a restart", async () => {
      const effects = new Map<string, number>();
      const added = new Map<string, number>();
      const add = async (id: string) => {
        if ((await queue.add(item(id, "g"))).added) added.set(id, (added.get(id) ?? 0) + 1);
      };
      const chance = seeded(7);
      for (let wave = 0; wave < 20; wave++) {
        const others = Array.from({ length: 10 }, () => `other-${chance.below(40)}`);
        const replays = Array.from({ length: 50 }, () => "same");
        let adding = true;
        await Promise.all([
          workUntil(
            async () => !adding && (await empty()),
            async ({ id }) => {
              await systemClock.sleep(chance.below(3));
              effects.set(id, (effects.get(id) ?? 0) + 1);
            },
          ),
          Promise.all([...replays, ...others].map(add)).finally(() => {
            adding = false;
          }),
        ]);
        if (wave % 7 === 6) {
          await queue.close();
          queue = await open();
        }
      }
      expect(effects.get("same")).toBe(1);
      expect(effects.size).toBeGreaterThan(30);
      expect([...effects.values()].every((times) => times === 1)).toBe(true);
      expect(added).toEqual(effects);
    });

    it("takes what happened once, whichever of its names comes first", async () => {
      const told = { ...item("guid-1", "g"), also: ["comment 1", "head 1"] };
      expect(await queue.add(told)).toEqual({ added: true });
      expect(await queue.add(item("comment 1", "g"))).toEqual({ added: false });
      expect(await queue.add(item("head 2", "g"))).toEqual({ added: true });
      expect(await queue.add({ ...item("guid-2", "g"), also: ["head 2"] })).toEqual({ added: false });
      expect(await queue.add({ ...item("guid-3", "g"), also: ["comment 1"] })).toEqual({ added: true });
      const done: string[] = [];
      await workUntil(empty, async ({ id }) => void done.push(id));
      expect(done).toEqual(["guid-1", "head 2", "guid-3"]);
      const asked = ["guid-1", "guid-2", "comment 1", "head 1", "head 2", "guid-4", "comment 2"];
      expect([...(await queue.remembered(asked))]).toEqual(asked.slice(0, 5));
    });

    it("takes what happened again, once it is told as of a later time than what is known of it", async () => {
      const head = (id: string, asOf?: number): QueueItem => ({
        ...item(id, "g"),
        also: ["head 1"],
        ...(asOf !== undefined && { asOf }),
      });
      expect(await queue.add({ ...item("head 1", "g"), asOf: 1_700_000_001_000 })).toEqual({ added: true });
      expect(await queue.add(head("late", 1_700_000_000_000))).toEqual({ added: false });
      expect(await queue.add(head("as late", 1_700_000_001_000))).toEqual({ added: false });
      expect(await queue.add(head("timeless"))).toEqual({ added: false });
      expect(await queue.add(head("again", 1_700_000_002_000))).toEqual({ added: true });
      expect(await queue.add(head("again", 1_700_000_003_000))).toEqual({ added: false });
    });

    it("tells how much waits, since when, and since when it remembers", async () => {
      const before = Date.now() - 1_000;
      // Of memory, those tell who hold it in memory.
      const state = async () => {
        const { memory: _, ...told } = await queue.state();
        return told;
      };
      const { since, ...fresh } = await state();
      expect(fresh).toEqual({ waiting: 0, dead: 0 });
      expect(Date.parse(since)).toBeGreaterThan(before);
      await queue.add(item("bad", "g"));
      await systemClock.sleep(5);
      await queue.add(item("good", "g"));
      const { oldest, ...two } = await state();
      expect(two).toEqual({ waiting: 2, dead: 0, since });
      expect(Date.parse(oldest!)).toBeGreaterThan(before);
      await workUntil(empty, async ({ id }) => {
        if (id === "bad") throw new PermanentError("no luck");
      });
      expect(await state()).toEqual({ waiting: 0, dead: 1, since });
      await queue.replay("bad");
      expect(await queue.state()).toMatchObject({ waiting: 1, dead: 0 });
      await queue.close();
      queue = await open();
      expect(await queue.state()).toMatchObject({ waiting: 1, dead: 0, since });
    });

    it("hands over the payload as it was added", async () => {
      const given = { id: "x", group: "g", payload: '{"text":"🚢 \\u0000 \\n"}' };
      await queue.add(given);
      const got: QueueItem[] = [];
      await workUntil(empty, async (taken) => void got.push(taken));
      expect(got).toEqual([given]);
    });

    it("puts what is postponed back until then, as often as it takes, before its group goes on", async () => {
      const log: string[] = [];
      const waits: number[] = [];
      let turns = 0;
      let until = 0;
      await queue.add(item("short of budget", "g1"));
      await queue.add(item("after", "g1"));
      await queue.add(item("other", "g2"));
      await workUntil(
        empty,
        async ({ id }, attempt) => {
          log.push(`${id} ${attempt}`);
          if (id !== "short of budget") return;
          waits.push(until - Date.now());
          until = Date.now() + 1_100;
          if (++turns < 3) throw new PostponedError("used up", until);
        },
        2,
      );
      expect(log.filter((line) => !line.startsWith("other"))).toEqual([
        ...Array.from({ length: 3 }, () => "short of budget 1"),
        "after 1",
      ]);
      expect(log.indexOf("other 1")).toBeLessThan(3);
      expect(Math.max(...waits)).toBeLessThanOrEqual(5);
      expect((await queue.state()).dead).toBe(0);
    });

    it("tries a failed item again before its group goes on, while other groups do", async () => {
      const log: string[] = [];
      await queue.add(item("fails", "g1"));
      await queue.add(item("after", "g1"));
      await queue.add(item("other", "g2"));
      await workUntil(empty, async ({ id }, attempt) => {
        log.push(`${id} ${attempt}`);
        if (id === "fails" && attempt < 3) throw new Error("not yet");
      });
      expect(log.filter((line) => !line.startsWith("other"))).toEqual([
        "fails 1",
        "fails 2",
        "fails 3",
        "after 1",
      ]);
      expect(log.indexOf("other 1")).toBeLessThan(log.indexOf("fails 3"));
    });

    it("keeps what fails too often as a dead letter, and replays it on request", async () => {
      await queue.add(item("bad", "g"));
      await queue.add(item("good", "g"));
      const done: string[] = [];
      await workUntil(empty, async ({ id }) => {
        if (id === "bad") throw new Error("no luck");
        done.push(id);
      });
      expect(done).toEqual(["good"]);
      const [letter] = await Array.fromAsync(queue.dead());
      expect(letter).toMatchObject({ ...item("bad", "g"), error: "no luck", attempts: 3 });
      expect(Date.parse(letter!.failedAt)).not.toBeNaN();

      await queue.replay("bad");
      expect(await queue.depth()).toBe(1);
      expect(await Array.fromAsync(queue.dead())).toEqual([]);
      await workUntil(empty, async ({ id }, attempt) => void done.push(`${id} ${attempt}`));
      expect(done).toEqual(["good", "bad 1"]);
      await expect(queue.replay("bad")).rejects.toThrow("no dead letter bad");
    });

    it("drops the oldest dead letters when they take too much room, and counts them", async () => {
      // Compressed it is as long.
      const payload = randomBytes(3_000).toString("base64");
      for (let n = 0; n < 12; n++) await queue.add({ id: `bad${n}`, group: "g", payload });
      const long = "no luck ".repeat(1_000);
      await workUntil(empty, async ({ id }) => {
        throw new PermanentError(id === "bad11" ? long : id);
      });
      const kept = await Array.fromAsync(queue.dead());
      const { dead, dropped = 0 } = await queue.state();
      expect(dead).toBe(kept.length);
      expect(dead + dropped).toBe(12);
      expect(dead).toBeGreaterThanOrEqual(2);
      expect(dead).toBeLessThanOrEqual(DEAD_BYTES / 3_000);
      expect(kept.map(({ id }) => id)).toEqual(Array.from({ length: dead }, (_, n) => `bad${11 - n}`));
      expect(kept[0]!.error.length).toBeLessThan(long.length);
      await queue.replay("bad11");
      const again: QueueItem[] = [];
      await workUntil(empty, async (taken) => void again.push(taken));
      expect(again).toEqual([{ id: "bad11", group: "g", payload }]);
      await expect(queue.replay("bad0")).rejects.toThrow("no dead letter bad0");
    });

    it("does not try a permanent failure again", async () => {
      await queue.add(item("bad", "g"));
      await workUntil(empty, async () => {
        throw new PermanentError("malformed");
      });
      expect(await Array.fromAsync(queue.dead())).toMatchObject([
        { id: "bad", error: "malformed", attempts: 1 },
      ]);
    });

    it("goes on with a group at once after what took longer than a lease and is a dead letter", async () => {
      await queue.add(item("bad", "g"));
      await queue.add(item("next", "g"));
      let ended = 0;
      let waitedMs = 0;
      await workUntil(empty, async ({ id }) => {
        if (id === "next") {
          waitedMs = performance.now() - ended;
          return;
        }
        await systemClock.sleep(LEASE_MS + 200);
        ended = performance.now();
        throw new PermanentError("no luck");
      });
      expect(waitedMs).toBeLessThan(LEASE_MS / 4);
    });

    it("finds unfinished work, attempts and remembered ids again after close and open", async () => {
      await queue.add(item("a", "g"));
      await queue.add(item("b", "g"));
      const attempts: string[] = [];
      await workUntil(
        () => attempts.length > 0,
        async ({ id }, attempt) => {
          attempts.push(`${id} ${attempt}`);
          throw new Error("first time");
        },
      );
      await queue.close();
      queue = await open();
      expect(await queue.depth()).toBe(2);
      expect(await queue.add(item("a", "g"))).toEqual({ added: false });
      await workUntil(empty, async ({ id }, attempt) => void attempts.push(`${id} ${attempt}`));
      expect(attempts).toEqual(["a 1", "a 2", "b 1"]);
    });

    it("waits for what is under way when it is told to stop, and leaves the rest", async () => {
      await queue.add(item("a", "g"));
      await queue.add(item("b", "g"));
      const done: string[] = [];
      const stop = new AbortController();
      await queue.work(
        async ({ id }) => {
          stop.abort();
          await systemClock.sleep(20);
          done.push(id);
        },
        { signal: stop.signal, concurrency: 2, maxAttempts: 3 },
      );
      expect(done).toEqual(["a"]);
      expect(await queue.depth()).toBe(1);
    });

    it("loses nothing that was added when its process is killed in the middle", async () => {
      await queue.close();
      const added = new Set<string>();
      const done = new Set<string>();
      for (const [round, lines] of [12, 40, 90].entries()) {
        await killAfter(where.url, `r${round}`, lines, (word, id) => {
          if (word === "added") added.add(id);
          if (word === "done") done.add(id);
        });
      }
      expect(added.size).toBeGreaterThan(0);
      queue = await open();
      await workUntil(empty, async ({ id }) => void done.add(id));
      expect([...added].filter((id) => !done.has(id))).toEqual([]);
      // An id is remembered if and only if its item is there: what was remembered alone would never be done.
      const tried = ["r0", "r1", "r2"].flatMap((prefix) =>
        Array.from({ length: 100 }, (_, n) => `${prefix}-${n}`),
      );
      const remembered = await queue.remembered(tried);
      expect(tried.filter((id) => remembered.has(id) !== done.has(id))).toEqual([]);
    });
  });
}

/** Runs a process that adds and works, and kills it once it has said that many lines. */
async function killAfter(
  url: string,
  prefix: string,
  lines: number,
  hear: (word: string, id: string) => void,
): Promise<void> {
  const script = fileURLToPath(new URL("./queue-child.ts", import.meta.url));
  const child = spawn(process.execPath, [script, url, prefix], { stdio: ["ignore", "pipe", "inherit"] });
  let rest = "";
  let heard = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop()!;
    for (const line of parts) {
      const [word = "", id = ""] = line.split(" ");
      hear(word, id);
      if (++heard === lines) child.kill("SIGKILL");
    }
  });
  await once(child, "close");
}
