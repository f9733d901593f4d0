// A walk: pull requests come, are tested together, merge, and are told what is going on.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { Clock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { tideHandler } from "../../src/tide/http.ts";
import type { PullRequest } from "../../src/tide/pull-request.ts";
import { runTide } from "../../src/tide/run.ts";
import { TideState } from "../../src/tide/state.ts";
import {
  BASE,
  configOf,
  context,
  git,
  gitHub,
  JobStore,
  NOW,
  presubmit,
  prowJob,
  pullRequest,
} from "./world.ts";

/** Time stands still but for sleeps, which end when the test says so: then the longest of them has passed. */
function testClock() {
  const sleepers = new Set<() => void>();
  let now = NOW.getTime();
  let due = now;
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      ms <= 0 || signal?.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            due = Math.max(due, now + ms);
            sleepers.add(resolve);
            signal?.addEventListener("abort", () => resolve(), { once: true });
          }),
  };
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  };
  return {
    clock,
    settle,
    /** Ends every sleep and lets what follows happen. */
    async tick() {
      now = due;
      for (const wake of sleepers) wake();
      sleepers.clear();
      await settle();
    },
  };
}

function start(
  pulls: PullRequest[],
  { jobs = new JobStore(), clean = [] as number[], tide = {}, runOnce = false, names = ["unit"] } = {},
) {
  const stop = new AbortController();
  const time = testClock();
  const effects: Effect[] = [];
  const world = { pulls };
  const { read, requests, packs } = gitHub({ pulls: () => world.pulls });
  const state = new TideState(time.clock);
  const metrics = new Registry();
  let ring = () => {};
  let refuse: Error | undefined;
  const done = runTide(
    {
      read,
      git: git(clean),
      prowJobs: jobs,
      config: () =>
        configOf(
          tide,
          names.map((name) => presubmit(name)),
        ),
      async apply(list) {
        for (const effect of list) {
          if (effect.do === "mergeInOrder" && refuse) throw refuse;
          effects.push(effect);
          jobs.apply(effect);
        }
      },
      clock: time.clock,
      log: silent,
      state,
      splitByOrg: false,
      shortestPauseMs: 0,
      runOnce,
      metrics,
      wake: (listener) => {
        ring = listener;
        return () => {};
      },
    },
    stop.signal,
  );
  return {
    ...{ world, effects, requests, packs, state, metrics, jobs, done, ...time },
    ring: () => ring(),
    refuseMerges: (error: Error) => {
      refuse = error;
    },
    taken: () => effects.splice(0).map(brief),
    async end() {
      stop.abort();
      await time.tick();
      await done;
    },
  };
}

function brief(effect: Effect): string {
  if (effect.do === "createStatus")
    return `status ${effect.sha.at(-1)} ${effect.status.state}: ${effect.status.description}`;
  if (effect.do === "createProwJob") {
    const { type, refs } = effect.job.spec;
    return `run ${type} ${refs?.pulls?.map(({ number }) => number)}`;
  }
  if (effect.do === "mergeInOrder")
    return `merge ${effect.merges.map(({ number, method }) => `${number} ${method}`)}`;
  return effect.do;
}

const passedOnce = (number: number, more: Partial<PullRequest> = {}) =>
  pullRequest(number, { contexts: [context("unit")], ...more });

/** A watch that tells of nothing until it is asked to. */
class Late extends JobStore {
  hidden: ProwJob[] = [];
  override put(job: ProwJob): void {
    this.hidden.push(job);
  }
  show(most = Number.POSITIVE_INFINITY): void {
    for (const job of this.hidden.splice(0, most)) super.put(job);
  }
}

test("what has just been started and is not seen yet is neither started nor recorded again", async () => {
  const jobs = new Late();
  const tide = start([passedOnce(1), passedOnce(2)], { clean: [1, 2], jobs });
  await tide.settle();
  const batches = () =>
    Object.values(tide.state.history.all())
      .flat()
      .filter(({ action }) => action === "TRIGGER_BATCH");
  const started = () => tide.taken().filter((line) => line.startsWith("run batch"));
  for (let turn = 0; turn < 3; turn++) {
    tide.ring();
    await tide.settle();
  }
  expect(started()).toEqual(["run batch 1,2"]);
  jobs.show();
  tide.ring();
  await tide.settle();
  expect(batches()).toHaveLength(1);
  // Somebody has taken them away.
  jobs.jobs = [];
  await tide.tick();
  expect(started()).toEqual(["run batch 1,2"]);
  await tide.end();
});

test("a batch of which one job is seen and the other not yet has been started once", async () => {
  const jobs = new Late();
  const both = [context("unit"), context("lint")];
  const pulls = [pullRequest(1, { contexts: both }), pullRequest(2, { contexts: both })];
  const tide = start(pulls, { clean: [1, 2], jobs, names: ["unit", "lint"] });
  await tide.settle();
  for (let seen = 0; seen < 3; seen++) {
    jobs.show(1);
    tide.ring();
    await tide.settle();
  }
  expect(tide.taken().filter((line) => line === "run batch 1,2")).toHaveLength(2);
  const history = Object.values(tide.state.history.all()).flat();
  expect(history.filter(({ action }) => action === "TRIGGER_BATCH")).toHaveLength(1);
  const retests = await tide.metrics.getSingleMetricAsString("tide_retests_total");
  expect(retests).toMatch(/action="TRIGGER_BATCH".* 2$/m);
  await tide.end();
});

test("two that are ready are tested together and merge together", async () => {
  const tide = start([passedOnce(1), passedOnce(2)], { clean: [1, 2] });
  await tide.settle();
  expect(tide.taken()).toEqual([
    "run batch 1,2",
    "status 1 pending: Not mergeable. Retesting: unit",
    "status 2 pending: Not mergeable. Retesting: unit",
  ]);
  const [job] = tide.jobs.jobs;
  expect(job?.metadata.name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/);
  expect(job?.metadata.labels).toMatchObject({ "created-by-tide": "true", "prow.k8s.io/type": "batch" });
  expect(job?.spec.refs).toMatchObject({ base_ref: "main", base_sha: BASE });

  // Beside the batch the first is tested alone, so that it can merge if the batch fails.
  await tide.tick();
  expect(tide.taken().filter((text) => !text.startsWith("status"))).toEqual(["run presubmit 1"]);
  await tide.tick();
  expect(tide.taken().filter((text) => !text.startsWith("status"))).toEqual([]);

  tide.jobs.put({
    ...job!,
    status: { ...job!.status, state: "success", completionTime: "2026-01-02T03:05:00Z" },
  });
  await tide.tick();
  const merging = tide.taken();
  expect(merging).toContain("merge 1 merge,2 merge");
  expect(merging.indexOf("status 1 success: ")).toBeLessThan(merging.indexOf("merge 1 merge,2 merge"));
  expect(tide.state.history.all()["acme/lib:main"]).toMatchObject([
    { action: "MERGE_BATCH", baseSHA: BASE, target: [{ number: 1 }, { number: 2 }] },
    { action: "TRIGGER", target: [{ number: 1 }] },
    { action: "TRIGGER_BATCH", target: [{ number: 1 }, { number: 2 }] },
  ]);
  await tide.end();
});

test("a batch that failed is repeated, under another name; a crash repeats nothing", async () => {
  const jobs = new JobStore();
  const first = start([passedOnce(1), passedOnce(2)], { jobs, clean: [1, 2] });
  await first.settle();
  await first.end();
  const again = start([passedOnce(1), passedOnce(2)], { jobs: new JobStore(), clean: [1, 2] });
  await again.settle();
  await again.end();
  expect(again.jobs.jobs[0]?.metadata.name).toBe(jobs.jobs[0]?.metadata.name);

  const [job] = jobs.jobs;
  jobs.put({ ...job!, status: { state: "failure", completionTime: "2026-01-02T03:05:00Z" } });
  const later = start([passedOnce(1), passedOnce(2)], { jobs, clean: [1, 2] });
  await later.settle();
  await later.end();
  expect(jobs.jobs).toHaveLength(2);
});

test("one that is not wanted yet hears why, once, and deck sees every reason", async () => {
  const tide = start([pullRequest(1, { labels: [], contexts: [context("unit", "FAILURE")] })]);
  await tide.settle();
  expect(tide.taken()).toEqual(["status 1 pending: Not mergeable. Needs lgtm label."]);
  expect(tide.state.snapshot().pools).toMatchObject([
    {
      branch: "main",
      pulls: [
        {
          number: 1,
          inPool: false,
          reasons: [
            { condition: "labels", text: "Needs lgtm label." },
            { condition: "contexts", text: "Job unit has not succeeded." },
          ],
        },
      ],
    },
  ]);
  tide.world.pulls = [
    pullRequest(1, {
      labels: [],
      contexts: [context("unit", "FAILURE"), context("tide", "PENDING", "Not mergeable. Needs lgtm label.")],
    }),
  ];
  await tide.tick();
  expect(tide.taken()).toEqual([]);
  await tide.end();
});

test("a sync costs one search for the pool, one for statuses, and the settings of a repository once an hour", async () => {
  const tide = start([passedOnce(1)], { jobs: new JobStore([prowJob("unit", [1], "pending")]) });
  await tide.settle();
  await tide.tick();
  const searches = tide.requests.filter((request) => request !== "repository");
  expect(tide.requests.filter((request) => request === "repository")).toHaveLength(1);
  expect(searches.map((query) => query.replace(/ updated:.*/, ""))).toEqual([
    'is:pr state:open archived:false label:"lgtm" org:"acme"',
    'is:pr state:open sort:updated-asc archived:false org:"acme"',
    'is:pr state:open archived:false label:"lgtm" org:"acme"',
    'is:pr state:open sort:updated-asc archived:false org:"acme"',
  ]);
  expect(searches[3]).toContain("updated:2026-01-02T02:59:30Z..");
  await tide.end();
});

test("a hint ends the wait for the next sync", async () => {
  const tide = start([]);
  await tide.settle();
  const before = tide.requests.length;
  tide.ring();
  await tide.settle();
  expect(tide.requests.length).toBeGreaterThan(before);
  await tide.end();
});

test("a refused merge is told in the pool and the history, and does not count as merged", async () => {
  const tide = start([passedOnce(1)], { jobs: new JobStore([prowJob("unit", [1], "success")]) });
  tide.refuseMerges(new AggregateError([{ number: 1 }], "failed merging #1: PR is unmergable."));
  await tide.settle();
  expect(tide.state.history.all()["acme/lib:main"]?.[0]).toMatchObject({
    action: "MERGE",
    err: "failed merging #1: PR is unmergable.",
  });
  const answer = tideHandler(tide.state)(new Request("http://tide/"));
  expect(await answer.json()).toMatchObject([
    {
      Org: "acme",
      Repo: "lib",
      Branch: "main",
      Action: "MERGE",
      SuccessPRs: [{ Number: 1 }],
      PendingPRs: null,
    },
  ]);
  expect(await tide.metrics.getSingleMetricAsString("merges")).not.toContain('merges_count{org="acme"');
  await tide.end();
});

test("a blocking issue stops the pool and says so to those outside it", async () => {
  const { read } = gitHub({
    pulls: () => [passedOnce(1), pullRequest(2, { labels: ["lgtm"], mergeable: "CONFLICTING" })],
    issues: () => [
      {
        number: 7,
        title: "stop branch:main",
        url: "u",
        repository: { name: "lib", owner: { login: "acme" } },
      },
    ],
  });
  const stop = new AbortController();
  const time = testClock();
  const effects: Effect[] = [];
  const state = new TideState(time.clock);
  const done = runTide(
    {
      ...{ read, state, git: git([]), prowJobs: new JobStore(), clock: time.clock, log: silent },
      config: () => configOf({ blocker_label: "tide/merge-blocker" }, []),
      apply: async (list) => void effects.push(...list),
      splitByOrg: true,
      metrics: new Registry(),
    },
    stop.signal,
  );
  await time.settle();
  expect(state.outcomes[0]).toMatchObject({
    action: "BLOCKED",
    pool: { blockers: [{ number: 7, title: "stop " }] },
  });
  expect(effects.map(brief)).toContain("status 2 error: Not mergeable. PR has a merge conflict.");
  expect(effects.some((effect) => effect.do === "mergeInOrder")).toBe(false);
  stop.abort();
  await time.tick();
  await done;
});

test("with --run-once it looks once, acts, says so, and ends by itself", async () => {
  const tide = start([passedOnce(1), pullRequest(2, { labels: [] })], { runOnce: true });
  await tide.done;
  expect(tide.taken()).toEqual([
    "run presubmit 1",
    "status 1 pending: Not mergeable. Retesting: unit",
    expect.stringMatching(/^status 2 pending: Not mergeable/),
  ]);
});

test("pools and statuses are looked for in one request, once it is known how little each finds", async () => {
  const tide = start([passedOnce(1)]);
  await tide.settle();
  expect(tide.packs).toEqual([1, 1]);
  await tide.tick();
  await tide.tick();
  // Of all open ones only those that changed are looked for the second time, which is another search.
  expect(tide.packs.slice(2)).toEqual([1, 1, 2]);
  await tide.end();
});

test("statuses come once in their period, and tell of the pools of the same moment", async () => {
  const tide = start([passedOnce(1, { labels: [] })], { tide: { status_update_period: "2m0s" } });
  await tide.settle();
  expect(tide.taken()).toEqual(["status 1 pending: Not mergeable. Needs lgtm label."]);
  tide.world.pulls = [passedOnce(1)];
  await tide.tick();
  expect(tide.taken()).toEqual(["run presubmit 1"]);
  await tide.tick();
  expect(tide.taken()).toEqual(["status 1 pending: Not mergeable. Retesting: unit"]);
  await tide.end();
});
