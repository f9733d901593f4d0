// Repositories with jobs of their own: what a pull request must pass is what it would merge, and so it is for a batch.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import type { Presubmit } from "../../src/config/job.ts";
import { InRepoConfigError, type RepoJobs } from "../../src/jobs/repo-jobs.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import { tideMetrics } from "../../src/tide/metrics.ts";
import type { World } from "../../src/tide/observe.ts";
import { packedSearch } from "../../src/tide/packed-search.ts";
import type { PullRequest } from "../../src/tide/pull-request.ts";
import { repoFacts } from "../../src/tide/repo-facts.ts";
import { TideState } from "../../src/tide/state.ts";
import { type SyncDeps, sync } from "../../src/tide/sync.ts";
import { updateStatuses } from "../../src/tide/update-statuses.ts";
import { configOf, context, git, gitHub, JobStore, NOW, presubmit, prowJob, pullRequest } from "./world.ts";

const clock = { now: () => NOW, sleep: async () => {} };

/** `own`: by numbers of the heads that are merged, the repository's own jobs. */
function world(pulls: PullRequest[], own: Record<string, Presubmit[] | string>, clean: number[] = []) {
  const effects: Effect[] = [];
  const jobs = new JobStore();
  const repoJobs: RepoJobs = {
    async presubmits({ presubmits }, _, { heads }) {
      const found = own[heads.map(Number).join()];
      if (typeof found === "string") throw new InRepoConfigError(found);
      return [...(presubmits["acme/lib"] ?? []), ...(found ?? [])];
    },
    postsubmits: async () => [],
  };
  const config = { ...configOf({}, [presubmit("unit")]), in_repo_config: { enabled: { acme: true } } };
  const { read } = gitHub({ pulls: () => pulls });
  const deps: SyncDeps = {
    ...{ read, git: git(clean), prowJobs: jobs, jobs: repoJobs, clock, log: silent, splitByOrg: false },
    config: () => config as unknown as Config,
    state: new TideState(clock),
    async apply(list) {
      for (const effect of list) {
        effects.push(effect);
        jobs.apply(effect);
      }
    },
  };
  const facts = repoFacts(read, clock);
  let seen: World | undefined;
  const tools = {
    facts,
    search: packedSearch(read),
    openSince: () => new Map(),
    metrics: tideMetrics(new Registry()),
    batchAnswers: new Map(),
    justStarted: new Map(),
    onWorld: (world: World) => {
      seen = world;
    },
  };
  return {
    jobs,
    pool: () => deps.state.snapshot().pools[0],
    async sync() {
      effects.length = 0;
      await sync(deps, tools);
      return effects.flatMap((effect) => {
        if (effect.do === "mergeInOrder") return [`merge ${effect.merges.map(({ number }) => number)}`];
        if (effect.do !== "createProwJob") return [];
        const { job, refs, type } = effect.job.spec;
        return [`${type} ${job} ${refs?.pulls?.map(({ number }) => number)}`];
      });
    },
    async statuses() {
      effects.length = 0;
      const { open } = seen!;
      await updateStatuses(deps, { ...seen!, open: open! }, facts);
      return effects.flatMap((effect) =>
        effect.do === "createStatus" ? [`${effect.sha.at(-1)} ${effect.status.description}`] : [],
      );
    },
    outside: () => deps.state.snapshot(),
  };
}

const passed = (number: number, ...names: string[]) =>
  pullRequest(number, { contexts: names.map((name) => context(name)) });

test("a job that the pull request brings along must pass before it merges", async () => {
  const tide = world([passed(1, "unit", "extra")], { "1": [presubmit("extra")] });
  tide.jobs.put(prowJob("unit", [1], "success"));
  expect(await tide.sync()).toEqual(["presubmit extra 1"]);
  tide.jobs.put(prowJob("extra", [1], "success"));
  expect(await tide.sync()).toEqual(["merge 1"]);
});

test("its context is required, so without it the pull request is not even in the pool", async () => {
  const tide = world([passed(1, "unit")], { "1": [presubmit("extra")] });
  tide.jobs.put(prowJob("unit", [1], "success"));
  expect(await tide.sync()).toEqual([]);
});

test("a batch is tested by the jobs that all of it brings along, and merges when they have passed", async () => {
  const own = { "1": [presubmit("a")], "2": [presubmit("b")], "1,2": [presubmit("a"), presubmit("b")] };
  const tide = world([passed(1, "unit", "a"), passed(2, "unit", "b")], own, [1, 2]);
  expect(await tide.sync()).toEqual(["batch unit 1,2", "batch a 1,2", "batch b 1,2"]);
  tide.jobs.jobs = [];
  for (const name of ["unit", "a"]) tide.jobs.put(prowJob(name, [1, 2], "success"));
  expect(await tide.sync()).not.toContain("merge 1,2");
  tide.jobs.put(prowJob("b", [1, 2], "success"));
  expect(await tide.sync()).toEqual(["merge 1,2"]);
});

test("a batch whose jobs do not fit together is not tested; one alone is, and the pool says why", async () => {
  const own = { "1,2": ".prow.yaml:2:3: error: duplicated presubmit jobs" };
  const tide = world([passed(1, "unit"), passed(2, "unit")], own, [1, 2]);
  expect(await tide.sync()).toEqual(["presubmit unit 1"]);
  expect(tide.pool()?.error).toContain("failed to get presubmits for batch: .prow.yaml:2:3");
});

test("one whose jobs are of no use stays out, without a status; the others move on", async () => {
  const tide = world([passed(1, "unit"), passed(2, "unit")], { "1": ".prow.yaml:2:3: error: no name" });
  tide.jobs.put(prowJob("unit", [2], "success"));
  tide.jobs.put(prowJob("unit", [1], "success"));
  expect(await tide.sync()).toEqual(["merge 2"]);
  expect(await tide.statuses()).not.toContainEqual(expect.stringMatching(/^1 /));
  expect(JSON.stringify(tide.outside())).toContain(".prow.yaml:2:3: error: no name");
});
