// GitHub's limits: kept by all processes together, the important first, and never a reason for work to stop.
import { beforeEach, describe, expect, it } from "vitest";
import { type Budget, budget } from "../../../src/github/budget/budget.ts";
import { PUBLISHED } from "../../../src/github/budget/published.ts";
import type { GitHubError } from "../../../src/github/error.ts";
import { within } from "../../../src/lib/cause.ts";
import { silent } from "../../../src/lib/logger.ts";
import { SharedError } from "../../../src/shared/error.ts";
import { memoryShared } from "../../../src/shared/memory.ts";
import type { Shared } from "../../../src/shared/port.ts";
import { type ManualClock, manualClock } from "../../lib/manual-clock.ts";
import { PublishedGitHub, type Request } from "./published-github.ts";

const BOT = "app 1 in acme";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const read = (n = 1): Request => ({ method: "GET", path: `/repos/acme/tool/issues/${n}` });
const status: Request = { method: "POST", path: "/repos/acme/tool/statuses/abc" };
const comment = (n = 1): Request => ({ method: "POST", path: `/repos/acme/tool/issues/${n}/comments` });

let clock: ManualClock;
let github: PublishedGitHub;
let ids = 0;

beforeEach(() => {
  clock = manualClock();
  github = new PublishedGitHub(clock);
});

const process = (shared?: Shared, maxWaitMs = 2 * HOUR): Budget =>
  budget({
    ...{ clock, log: silent, shared, maxWaitMs, requestMs: 120_000, published: PUBLISHED },
    newId: () => String(ids++),
  });

/** Asks as the transport does; again after a refusal. GitHub takes 100 ms to answer, `lateMs` after it was asked. */
async function ask(by: Budget, request: Request, lateMs = 0): Promise<void> {
  for (;;) {
    const pass = await by.enter(BOT, request);
    await clock.sleep(lateMs);
    const answer = github.begin(request);
    await clock.sleep(100);
    github.end();
    pass.over(answer);
    if (answer.status === 200) return;
  }
}

/** Moves the clock on until all is done; returns how long that took. */
async function run(work: Promise<unknown>[], most = 5 * HOUR, step = 1_000): Promise<number> {
  const start = clock.now().getTime();
  let done = false;
  const all = Promise.all(work).finally(() => {
    done = true;
  });
  while (!done && clock.now().getTime() - start < most) await clock.advance(step);
  await all;
  return clock.now().getTime() - start;
}

const many = (count: number, make: (n: number) => Promise<void>) =>
  Array.from({ length: count }, (_, n) => make(n));

describe("the budget", () => {
  it("keeps several processes within each published limit in a storm", async () => {
    const shared = memoryShared({ clock });
    const processes = [process(shared), process(shared), process(shared)];
    const by = (n: number) => processes[n % 3]!;
    // GitHub is known by its first answer.
    await run([ask(by(0), read())]);
    await run([
      ...many(450, (n) => ask(by(n), read(n))),
      ...many(90, (n) => ask(by(n), comment(n))),
      ...many(150, (n) => ask(by(n), status)),
    ]);
    expect(github.breaches).toEqual([]);
    expect(github.served).toHaveLength(691);
  });

  it("lets a burst of comments through, and many of them a second apart", async () => {
    const one = process();
    await run([ask(one, read())]);
    expect(await run(many(20, (n) => ask(one, comment(n))))).toBeLessThanOrEqual(1_000);
    const took = await run(many(30, (n) => ask(one, comment(n))));
    expect(took).toBeGreaterThanOrEqual(29_000);
    expect(took).toBeLessThan(40_000);
  });

  it("of comments is that of an hour, too", async () => {
    const one = process();
    await run([ask(one, read())]);
    const took = await run(many(560, (n) => ask(one, comment(n))));
    expect(github.breaches).toEqual([]);
    expect(took).toBeGreaterThan(HOUR);
  });

  it("of comments leaves some of an hour to merges", async () => {
    const one = process();
    await run([ask(one, read())]);
    const talk = many(600, (n) => ask(one, comment(n)));
    await clock.advance(1_000);
    for (let minute = 0; minute < 20; minute++) await clock.advance(MINUTE);
    const merge: Request = { method: "PUT", path: "/repos/acme/tool/pulls/1/merge" };
    expect(await run([ask(one, merge)])).toBeLessThanOrEqual(2_000);
    await run(talk);
    expect(github.breaches).toEqual([]);
  });

  it("counts what was long under way as late as GitHub may have", async () => {
    const one = process();
    await run([ask(one, read())]);
    const late = many(90, () => ask(one, status, 40_000));
    await clock.advance(62_000);
    await run([...late, ...many(170, () => ask(one, status))]);
    expect(github.breaches).toEqual([]);
    expect(github.served).toHaveLength(261);
  });

  it("sends nothing while GitHub wants quiet, whichever process was told so", async () => {
    const shared = memoryShared({ clock });
    const [one, other] = [process(shared), process(shared)];
    github.close(90_000);
    const until = clock.now().getTime() + 90_000;
    const first = ask(one, read(1));
    await clock.advance(200);
    const second = ask(other, read(2));
    await clock.advance(80_000);
    expect(github.served).toEqual(["GET /repos/acme/tool/issues/1"]);
    await run([first, second]);
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(until);
    expect(github.served).toHaveLength(3);
  });

  it("waits for the hour's reset, and never asks without a rest", async () => {
    github.hourly = 50;
    const shared = memoryShared({ clock });
    const processes = [process(shared), process(shared)];
    const took = await run(many(70, (n) => ask(processes[n % 2]!, status)));
    expect(github.breaches).toEqual([]);
    expect(took).toBeGreaterThan(HOUR - 10_000);
  });

  it("goes to statuses and merges first, then to reads, comments, and scans", async () => {
    const one = process();
    const merge: Request = { method: "PUT", path: "/repos/acme/tool/pulls/1/merge" };
    github.close(5_000);
    const first = ask(one, read(0));
    await clock.advance(200);
    const rest = [
      within({ caller: { name: "scan", scan: true } }, () => ask(one, read(9))),
      ask(one, comment()),
      ask(one, read(1)),
      ask(one, status),
      ask(one, merge),
    ];
    await run([first, ...rest]);
    expect(github.served.slice(1)).toEqual([
      "POST /repos/acme/tool/statuses/abc",
      "PUT /repos/acme/tool/pulls/1/merge",
      "GET /repos/acme/tool/issues/0",
      "GET /repos/acme/tool/issues/1",
      "POST /repos/acme/tool/issues/1/comments",
      "GET /repos/acme/tool/issues/9",
    ]);
  });

  it("leaves the last of an hour to what matters more", async () => {
    github.hourly = 100;
    const one = process(undefined, MINUTE);
    await run(many(70, (n) => ask(one, read(n))));
    const scan = within({ caller: { name: "scan", scan: true } }, () => ask(one, read(9)));
    await expect(scan).rejects.toThrow("rate limit is used up until");
    await run(many(18, (n) => ask(one, read(n))));
    await expect(ask(one, comment())).rejects.toThrow("core");
    await run([ask(one, read(10))]);
    await expect(ask(one, read(11))).rejects.toThrow("core");
    await run([within({ verdict: true }, () => ask(one, read(12)))]);
    await run(many(10, () => ask(one, status)));
    expect(github.breaches).toEqual([]);
  });

  it("is an error at once for who would wait too long", async () => {
    const one = process(undefined, MINUTE);
    github.close(HOUR);
    const error = (await Promise.all([
      ask(one, read()).catch((reason: unknown) => reason),
      clock.advance(200),
    ]).then(([reason]) => reason)) as GitHubError;
    expect(error.status).toBe(429);
    expect(error.message).toContain("was not asked");
    expect(github.served).toHaveLength(1);
  });

  it("has none of the published limits where GitHub states others, or none", async () => {
    github.hourly = 5_000_000;
    const one = process();
    await run([ask(one, read())]);
    expect(await run(many(100, (n) => ask(one, comment(n))))).toBeLessThanOrEqual(1_000);
  });

  it("is each identity's own", async () => {
    const one = process();
    github.close(HOUR);
    void ask(one, read()).catch(() => {});
    await clock.advance(200);
    const pass = await one.enter("app 1 in rival", read());
    expect(pass.waitedMs).toBe(0);
  });

  it("frees the place of a process that died with requests under way", async () => {
    const shared = memoryShared({ clock });
    await run([ask(process(shared), read())]);
    for (let n = 0; n < 100; n++) await process(shared).enter(BOT, read());
    const alive = process(shared);
    const took = await run([ask(alive, read())]);
    expect(took).toBeGreaterThan(MINUTE);
    expect(took).toBeLessThan(3 * MINUTE);
  });

  it("goes on alone when nothing can be shared, with all that was known, and together again later", async () => {
    const place = memoryShared({ clock });
    let isGone = false;
    let asked = 0;
    const unsteady =
      <A extends unknown[], T>(method: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> => {
        asked += 1;
        return isGone ? Promise.reject(new SharedError("Redis: gone")) : method(...args);
      };
    const shared: Shared = { ...place, swap: unsteady(place.swap) };
    const one = process(shared);
    github.close(30_000);
    const first = ask(one, read(1));
    await clock.advance(200);
    isGone = true;
    const before = asked;
    await clock.advance(20_000);
    expect(github.served).toHaveLength(1);
    await run([first]);
    expect(asked - before).toBeLessThan(10);
    isGone = false;
    await clock.advance(10_000);
    github.close(30_000);
    void ask(one, read(2)).catch(() => {});
    await clock.advance(200);
    const other = ask(process(shared), read(3));
    await clock.advance(20_000);
    expect(github.served.at(-1)).toBe("GET /repos/acme/tool/issues/2");
    await run([other]);
  });
});
