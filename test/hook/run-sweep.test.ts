// The sweep against the emulator's log of deliveries: what was sent while nobody listened arrives, once.
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { DeliveryLog, LoggedDelivery } from "../../src/github/port.ts";
import { type Marks, memoryMarks } from "../../src/hook/mark-store.ts";
import type { Mark } from "../../src/hook/memory-mark.ts";
import { runSweep, type SweepDeps } from "../../src/hook/run-sweep.ts";
import { sweepMetrics } from "../../src/hook/sweep-metrics.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import type { Queue } from "../../src/queue/port.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";
import { lib, type TestGitHub, testGitHub } from "../local/github/world.ts";
import { keptMarks } from "./kept-marks.ts";

let github: TestGitHub;
let listener: HTTPServer;
let url: string;
/** What hook answers; 200 only for what it has stored. */
let answer: number;
let queue: Queue;
let arrived: string[];
let said: string[];
const say = (_: unknown, words: string) => void said.push(words);
const log: Logger = { ...silent, warn: say, error: say, child: () => log };

beforeEach(async () => {
  [answer, arrived, said] = [503, [], []];
  queue = sqliteQueue({ file: ":memory:", clock: systemClock });
  listener = await httpServer(async (request, response) => {
    request.resume();
    const id = String(request.headers["x-github-delivery"]);
    if (answer === 200 && request.headers["x-github-event"] === "issues") {
      arrived.push(id);
      await queue.add({ id, group: "g", payload: "" });
    }
    response.writeHead(answer).end();
  });
  url = `${listener.url}/hook`;
  github = await testGitHub();
});
afterEach(async () => {
  await github.close();
  listener.close();
  await queue.close();
});

const registry = new Registry();
async function sweepOnce(
  auth: GitHubOptions["auth"],
  hooks?: SweepDeps["hooks"],
  marks = memoryMarks(),
): Promise<void> {
  const { deliveryLogs: logs } = connectGitHub({
    endpoints: [github.url],
    graphqlEndpoint: `${github.url}/graphql`,
    auth,
    clock: systemClock,
    log: silent,
  });
  const stop = new AbortController();
  // The first pause is the end of the first sweep.
  const clock = { now: () => new Date(), sleep: async () => stop.abort() };
  const deps = {
    logs,
    queue,
    clock,
    random: () => 1,
    log,
    periodMs: 60_000,
    metrics: sweepMetrics(registry),
  };
  await runSweep({ ...deps, ...(hooks && { hooks }), marks }, stop.signal);
  await github.settled();
}

const good = async () =>
  Number(/last_success_timestamp_seconds (\d+)/.exec(await registry.metrics())?.[1]) > 0;

describe("what was sent while hook was away", () => {
  test("arrives by the App's own log, each event once, in order", async () => {
    const { apps } = (await github.admin("seed", {
      apps: [
        {
          name: "cutwater",
          owner: "alice",
          events: ["issues"],
          hook_url: url,
          webhook_secret: "s",
          permissions: { issues: "write" },
          installations: [{ account: "acme" }],
        },
      ],
    })) as unknown as { apps: { id: number; pem: string }[] };
    const auth = { appId: String(apps[0]!.id), privateKey: apps[0]!.pem };
    for (const title of ["one", "two", "three"]) await github.as("alice").issues.create({ ...lib, title });
    await github.settled();
    answer = 200;
    await sweepOnce(auth);
    expect(arrived).toHaveLength(3);
    expect(new Set(arrived).size).toBe(3);
    await sweepOnce(auth);
    expect(arrived).toHaveLength(3);
    expect(await good()).toBe(true);
  });

  test("and long before its queue began to remember is somebody else's: Prow may have worked on it", async () => {
    const token = { token: async () => "alice-token" };
    await github.admin("hooks", { scope: "acme", url, secret: "s" });
    await github.as("alice").issues.create({ ...lib, title: "one" });
    await github.settled();
    answer = 200;
    const own = queue;
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    queue = {
      ...own,
      remembered: (ids) => own.remembered(ids),
      turn: (...args) => own.turn(...args),
      close: () => own.close(),
      state: async () => ({ ...(await own.state()), since: inAnHour }),
    } as Queue;
    await sweepOnce(token, { places: () => [{ org: "acme", repo: "" }], url });
    expect(arrived).toEqual([]);
  });

  test("arrives by the log of an org's hook that leads here, and of no other", async () => {
    const token = { token: async () => "alice-token" };
    await github.admin("hooks", { scope: "acme", url, secret: "s" });
    await github.admin("hooks", { scope: "acme/lib", url: url.replace("/hook", "/elsewhere"), secret: "s" });
    await github.as("alice").issues.create({ ...lib, title: "one" });
    await github.settled();
    answer = 200;
    const places = () => [
      { org: "acme", repo: "" },
      { org: "acme", repo: "lib" },
    ];
    await sweepOnce(token, { places, url });
    expect(arrived).toHaveLength(1);
  });
});

test("what was acknowledged and lost with the queue comes again by a process that has just started, once", async () => {
  const [token, hooks] = [
    { token: async () => "alice-token" },
    { places: () => [{ org: "acme", repo: "" }], url },
  ];
  const { marks } = keptMarks();
  await github.admin("hooks", { scope: "acme", url, secret: "s" });
  answer = 200;
  await sweepOnce(token, hooks, marks);
  await github.as("alice").issues.create({ ...lib, title: "one" });
  await github.settled();
  const [first] = arrived;
  // Nobody was there to see it.
  await queue.close();
  queue = sqliteQueue({ file: ":memory:", clock: systemClock });
  await sweepOnce(token, hooks, marks);
  expect(arrived).toEqual([first, first]);
  await sweepOnce(token, hooks, marks);
  expect(arrived).toHaveLength(2);
  // Of a queue of which nothing is known outside it is somebody else's.
  await queue.close();
  queue = sqliteQueue({ file: ":memory:", clock: systemClock });
  await sweepOnce(token, hooks, keptMarks().marks);
  expect(arrived).toHaveLength(2);
});

test("until what nobody took has come, others are told since when that is", async () => {
  const [token, hooks] = [
    { token: async () => "alice-token" },
    { places: () => [{ org: "acme", repo: "" }], url },
  ];
  const { marks } = keptMarks();
  await github.admin("hooks", { scope: "acme", url, secret: "s" });
  const began = Math.floor(Date.now() / 1_000) * 1_000;
  await github.as("alice").issues.create({ ...lib, title: "one" });
  await github.settled();
  answer = 200;
  await sweepOnce(token, hooks, marks);
  expect(arrived).toHaveLength(1);
  const { from } = (await marks.read())!.behind!;
  expect(from).toBeGreaterThanOrEqual(began);
  expect(from).toBeLessThanOrEqual(Date.now());
  // Which process sweeps next is as it comes.
  await sweepOnce(token, hooks, marks);
  expect((await marks.read())!.behind).toBeUndefined();
});

test("a replica that has lost the turn tells nothing more of what it swept", async () => {
  const token = { token: async () => "alice-token" };
  const hooks = { places: () => [{ org: "acme", repo: "" }], url };
  await github.admin("hooks", { scope: "acme", url, secret: "s" });
  await sweepOnce(token, hooks);
  await github.as("alice").issues.create({ ...lib, title: "lost" });
  await github.settled();
  await sweepOnce(token, hooks);
  expect(await registry.metrics()).toMatch(/webhook_deliveries_missing\{hook=".*acme"\} [1-9]/);
  const own = queue;
  queue = { ...own, turn: async () => false, close: () => own.close() } as Queue;
  await sweepOnce(token, hooks);
  expect(await good()).toBe(false);
  expect(await registry.metrics()).not.toMatch(/webhook_deliveries_missing\{/);
});

test("a right that is missing is told once, with how to grant it", async () => {
  await github.admin("hooks", { scope: "acme", url, secret: "s" });
  const places = () => [{ org: "acme", repo: "" }];
  await sweepOnce({ token: async () => "mallory-token" }, { places, url });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain("the hooks of acme");
  expect(said[0]).toContain("admin:org_hook");
});

/** Sweeps the log minute by minute, without anybody waiting for it. `turn`: whether the turn is this process', by the sweep. */
async function sweepMinutes(
  minutes: number,
  own: (minute: number, stop: AbortController) => Pick<DeliveryLog, "pages" | "redeliver">,
  { marks = memoryMarks(), turn = async (_: number) => true } = {},
): Promise<void> {
  let minute = 0;
  const began = Date.now();
  const stop = new AbortController();
  const ownLog: DeliveryLog = {
    name: "the App",
    pages: () => own(minute, stop).pages(),
    redeliver: (id) => own(minute, stop).redeliver(id),
  };
  await runSweep(
    {
      logs: { own: ownLog, of: async () => [] },
      queue: { ...queue, turn: () => turn(minute) },
      ...{ marks, log, random: () => 1, periodMs: 60_000, metrics: sweepMetrics(new Registry()) },
      clock: {
        now: () => new Date(began + minute * 60_000),
        sleep: async () => void (++minute === minutes && stop.abort()),
      },
    },
    stop.signal,
  );
}

const failed = (minutesAgo: number): LoggedDelivery => ({
  ...{ id: "1", guid: "g", event: "issues", ok: false },
  deliveredAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
});
const logOf = (...rows: LoggedDelivery[]) => ({
  async *pages() {
    yield rows;
  },
  redeliver: async () => {},
});
const refusing = (status: number, words = "no") => ({
  // biome-ignore lint/correctness/useYield: it has no page.
  async *pages() {
    throw new GitHubError(status, words);
  },
  redeliver: async () => {},
});

test("one delivery that is there no more does not use up what is told once of a missing right", async () => {
  const gone = async () => {
    throw new GitHubError(404, "Not Found");
  };
  const row = failed(0);
  await sweepMinutes(3, (minute) => (minute > 0 ? refusing(403) : { ...logOf(row), redeliver: gone }));
  expect(said.map((words) => words.includes("grant read and write access"))).toEqual([false, true]);
});

test("what was asked for is asked for again though the log could not be read in between for a limit, which is no missing right", async () => {
  const row = failed(10);
  const asked: number[] = [];
  await sweepMinutes(16, (minute) =>
    minute === 7
      ? refusing(403, "You have exceeded a secondary rate limit.")
      : { ...logOf(row), redeliver: async () => void asked.push(minute) },
  );
  expect(asked).toEqual([0, 2, 6, 14]);
  expect(said).toEqual([expect.not.stringContaining("grant")]);
});

test("what was asked for is asked for again at once when the queue has lost it meanwhile", async () => {
  const row = failed(10);
  const own = queue;
  let { since } = await own.state();
  queue = {
    ...own,
    remembered: (ids: readonly string[]) => own.remembered(ids),
    close: () => own.close(),
    state: async () => ({ ...(await own.state()), since }),
  } as Queue;
  const asked: number[] = [];
  const redeliver = (minute: number) => async () => {
    asked.push(minute);
    if (minute === 14) since = new Date(Date.now() + 14 * 60_000).toISOString();
  };
  await sweepMinutes(17, (minute) => ({ ...logOf(row), redeliver: redeliver(minute) }));
  expect(asked).toEqual([0, 2, 6, 14, 15]);
});

test("nobody is told for longer than half an hour to wait for what a log had that can not be read any more", async () => {
  const { marks } = keptMarks();
  const row = failed(0);
  const told: boolean[] = [];
  await sweepMinutes(33, (minute) => (minute === 0 ? logOf(row) : refusing(502)), {
    marks: {
      ...marks,
      async change(next) {
        const mark = await marks.change(next);
        told.push(mark.behind !== undefined);
        return mark;
      },
    },
  });
  expect(told.lastIndexOf(true)).toBeGreaterThan(28);
  expect(told.at(-1)).toBe(false);
});

describe("what another replica has told of is left as it is", () => {
  const behind = { from: Date.parse("2026-01-01T12:00:00Z"), at: Date.parse("2026-01-01T13:00:00Z") };
  const tell = (marks: Marks) => marks.change((mark) => ({ ...mark!, behind }));

  test("by a sweep that is told to stop", async () => {
    const { marks } = keptMarks();
    await sweepMinutes(1, () => logOf(), { marks });
    await tell(marks);
    const log = (_: number, stop: AbortController) => ({
      ...logOf(),
      async *pages() {
        stop.abort();
        yield [];
      },
    });
    await sweepMinutes(1, log, { marks });
    expect((await marks.read())?.behind).toEqual(behind);
  });

  test("by the first sweep of a process, which could not read the log yet", async () => {
    const { marks } = keptMarks();
    await sweepMinutes(1, () => logOf(), { marks });
    await tell(marks);
    await sweepMinutes(1, () => refusing(502), { marks });
    expect((await marks.read())?.behind).toEqual(behind);
    await sweepMinutes(1, () => refusing(404), { marks });
    expect((await marks.read())?.behind).toBeUndefined();
  });

  test.each([
    ["another's", async () => false],
    ["not known", () => Promise.reject(new Error("Redis is away"))],
  ])("by one that has the turn again, which was %s, until it has looked for itself", async (_, inBetween) => {
    const { marks } = keptMarks();
    let seen: Mark | undefined;
    const log = (minute: number) => ({
      ...logOf(),
      async *pages() {
        if (minute === 2) seen = await marks.read();
        yield [];
      },
    });
    const turn = async (minute: number): Promise<boolean> => {
      if (minute !== 1) return true;
      await tell(marks);
      return inBetween();
    };
    await sweepMinutes(3, log, { marks, turn });
    expect(seen?.behind).toEqual(behind);
    expect((await marks.read())?.behind).toBeUndefined();
  });
});

test("without any log that is told, too", async () => {
  await sweepOnce({ token: async () => "alice-token" });
  expect(said[0]).toContain("--webhook-url");
});
