// Crier over plain ports: each state is told once by each reporter, failures are tried again, nobody waits for another.
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { githubReporter, statusEffects } from "../../src/crier/github-reporter.ts";
import type { Reporter } from "../../src/crier/reporter.ts";
import { type CrierDeps, runCrier } from "../../src/crier/run.ts";
import { storageReporter } from "../../src/crier/storage-reporter.ts";
import { GitHubError } from "../../src/github/error.ts";
import { objectStore } from "../../src/kube/object-store.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { IssueComment } from "../../src/model/github.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { BlobStore } from "../../src/storage/port.ts";
import { JobStore } from "../tide/world.ts";
import { BASE, comment, configOf, job, SHA } from "./world.ts";

const storage = (files: Record<string, string> = {}): BlobStore => ({
  stat: async (url) => (url in files ? { url, size: 1, updated: "" } : undefined),
  read: async (url) => new Response(files[url]).body!,
  list: async () => {
    if ("broken" in files) throw new Error("the bucket is gone");
    return { objects: [], prefixes: [] };
  },
  sign: async () => undefined,
  write: async () => {},
});

interface Options {
  config?: Config;
  files?: Record<string, string>;
  isEnabled?: CrierDeps["isEnabled"];
  bot?: string;
  log?: Logger;
}

function start(
  jobs: ProwJob[],
  { config = configOf(), files = {}, isEnabled, bot = "ci-robot", log = silent }: Options = {},
) {
  const store = new JobStore(jobs);
  const effects: Effect[] = [];
  const listed: number[] = [];
  const comments: IssueComment[] = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  const metrics = new Registry();
  let sabotage: (effect: Effect) => void = () => {};
  const read = {
    botLogin: async () => bot,
    comments: async ({ number }: { number: number }) => {
      listed.push(number);
      return comments;
    },
  };
  const current: { config: Config } = { config };
  const shared = { config: () => current.config };
  const done = runCrier(
    {
      prowJobs: store,
      reporters: [
        githubReporter({
          ...{ ...shared, read, prowJobs: store, workers: 5, store: storage(files), log },
          clock: { now: () => new Date(0) },
        }),
        storageReporter({ ...shared, store: storage(files), workers: 5, log: silent }),
      ],
      async apply(list) {
        for (const effect of list) {
          sabotage(effect);
          effects.push(effect);
          store.apply(effect);
        }
      },
      clock: {
        now: () => new Date("2026-01-02T03:01:05Z"),
        sleep(ms) {
          pauses.push(ms);
          return new Promise((resolve) => setImmediate(resolve));
        },
      },
      random: () => 0.5,
      log,
      metrics,
      isEnabled,
    },
    stop.signal,
  );
  return {
    ...{ store, effects, listed, comments, metrics, pauses },
    sabotage: (how: typeof sabotage) => {
      sabotage = how;
    },
    brief: () => effects.map(brief),
    async settle() {
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    async end() {
      stop.abort();
      await done;
    },
  };
}

function brief(effect: Effect): string {
  if (effect.do === "reportCheckRun") {
    const { external_id, name, status, conclusion } = effect.report;
    return `check ${name} ${external_id} ${conclusion ?? status}${effect.onlyIfThere ? " if there" : ""}`;
  }
  if (effect.do === "createStatus") return `status ${effect.status.context} ${effect.status.state}`;
  if (effect.do === "patchProwJob") {
    const { status } = effect.patch as { status: ProwJob["status"] };
    return `reported ${JSON.stringify(status.prev_report_states)}`;
  }
  return effect.do;
}

const GITHUB = (state: string) => `reported {"github-reporter":"${state}"}`;

test("what GitHub's budget has no room for waits until it has, which is no failure", async () => {
  const said: string[] = [];
  const note = (_: unknown, words: string) => void said.push(words);
  const log: Logger = { ...silent, warn: note, error: note, child: () => log };
  const crier = start([], { log });
  let refusals = 3;
  crier.sabotage((effect) => {
    if (effect.do === "createStatus" && refusals-- > 0)
      throw new GitHubError(429, "used up", { budgetUntil: Date.parse("2026-01-02T04:00:05Z") });
  });
  crier.store.put(job("unit", "success"));
  await crier.settle();
  expect(crier.brief()).toContain("status unit success");
  expect(crier.pauses).toContain(59 * 60_000);
  expect(said).toEqual(Array(3).fill("Waits for GitHub's budget."));
  expect(await crier.metrics.getSingleMetricAsString("crier_reporting_results")).not.toContain("ERROR");
  await crier.end();
});

test("what a replica that led before may have told is asked about first, what is new is not", async () => {
  const crier = start([job("unit", "success")]);
  await crier.settle();
  crier.store.put(job("lint", "success"));
  await crier.settle();
  await crier.end();
  const statuses = crier.effects.filter((effect) => effect.do === "createStatus");
  expect(statuses.map(({ status, unlessThere }) => [status.context, unlessThere])).toEqual([
    ["unit", true],
    ["lint", undefined],
  ]);
});

test("a state is told once, the next one again", async () => {
  const crier = start([job("unit", "pending", { status: { build_id: "" } })]);
  await crier.settle();
  expect(crier.brief()).toEqual(["status unit pending", GITHUB("pending")]);
  expect(crier.listed).toEqual([]);
  crier.store.put({ ...job("unit", "failure"), status: { ...job("unit", "failure").status, build_id: "" } });
  await crier.settle();
  expect(crier.brief().slice(2)).toEqual(["status unit failure", "createComment", GITHUB("failure")]);
  expect(crier.listed).toEqual([1]);
  await crier.end();
});

test("what another crier has told is not told again", async () => {
  const told = { prev_report_states: { "github-reporter": "success", gcsreporter: "success" } } as const;
  const crier = start([job("unit", "success", { status: { ...told } })]);
  await crier.settle();
  expect(crier.effects).toEqual([]);
  await crier.end();
});

test("of jobs in a first list that comes late somebody else may have told, too", async () => {
  const prowJobs = objectStore<ProwJob>(silent);
  const stop = new AbortController();
  const told = Promise.withResolvers<boolean>();
  const reporter: Reporter = {
    ...{ name: "other", workers: 1, shouldReport: () => true },
    steps(_, again = false) {
      told.resolve(again);
      return [];
    },
  };
  const around = { clock: systemClock, random: () => 0.5, log: silent, metrics: new Registry() };
  const done = runCrier({ ...around, prowJobs, reporters: [reporter], apply: async () => {} }, stop.signal);
  prowJobs.replaceAll([job("unit", "success")]);
  expect(await told.promise).toBe(true);
  stop.abort();
  await done;
});

test("a reporter that fails is tried again and stops no other", async () => {
  const config = configOf(
    {},
    { default_decoration_configs: { "*": { gcs_configuration: { bucket: "results" } } } },
  );
  const crier = start([job("unit", "success")], { config });
  let failures = 2;
  crier.sabotage((effect) => {
    if (effect.do === "createStatus" && failures-- > 0) throw new Error("502");
  });
  await crier.settle();
  expect(crier.brief()).toContain('reported {"gcsreporter":"success"}');
  expect(crier.brief().filter((text) => text === "status unit success")).toHaveLength(1);
  const results = await crier.metrics.getSingleMetricAsString("crier_reporting_results");
  expect(results).toContain('reporter="github-reporter",result="ERROR"} 2');
  await crier.end();
});

test("what was told is not told again when it cannot be written down", async () => {
  const crier = start([job("unit", "failure", { status: { build_id: "" } })]);
  let failures = 3;
  crier.sabotage((effect) => {
    if (effect.do === "patchProwJob" && failures-- > 0) throw new Error("etcd");
  });
  await crier.settle();
  expect(crier.brief()).toEqual(["status unit failure", "createComment", GITHUB("failure")]);
  const results = await crier.metrics.getSingleMetricAsString("crier_reporting_results");
  expect(results).toContain('reporter="github-reporter",result="SUCCESS"} 1');
  await crier.end();
});

test("a comment that fails is tried again, whatever the failure is, and the status before it is not", async () => {
  const crier = start([job("unit", "failure", { status: { build_id: "" } })]);
  const errors = [
    "This SHA and context has reached the maximum number of statuses",
    "No commit found for SHA: x",
    "something went wrong :(",
  ];
  crier.sabotage((effect) => {
    const error = effect.do === "createComment" && errors.shift();
    if (error) throw new Error(error);
  });
  await crier.settle();
  expect(crier.brief()).toEqual(["status unit failure", "createComment", GITHUB("failure")]);
  expect(errors).toEqual([]);
  await crier.end();
});

test("a job without a state, and one that reports nothing, are left alone", async () => {
  const crier = start([
    job("stateless", undefined, { status: { build_id: "" } }),
    job("silent", "failure", { spec: { report: false }, status: { build_id: "" } }),
  ]);
  await crier.settle();
  expect(crier.effects).toEqual([]);
  await crier.end();
});

test("a commit that is gone is given up", async () => {
  const crier = start([job("unit", "failure", { status: { build_id: "" } })]);
  crier.sabotage((effect) => {
    if (effect.do === "createStatus")
      throw Object.assign(new Error("No commit found for SHA: x"), { status: 422 });
  });
  await crier.settle();
  expect(crier.brief()).toEqual([GITHUB("failure")]);
  await crier.end();
});

test("jobs of one pull request do not comment at the same time", async () => {
  const crier = start(["a", "b", "c"].map((name) => job(name, "failure", { status: { build_id: "" } })));
  await crier.settle();
  expect(crier.listed).toHaveLength(3);
  const order = crier.brief().filter((text) => !text.startsWith("status"));
  expect(order.filter((text) => text === "createComment")).toHaveLength(3);
  await crier.end();
});

test("a repository without comments still has statuses; nothing is read", async () => {
  const crier = start([job("unit", "failure", { status: { build_id: "" } })], {
    config: configOf({ no_comment_repos: ["acme"] }),
  });
  await crier.settle();
  expect(crier.brief()).toEqual(["status unit failure", GITHUB("failure")]);
  expect(crier.listed).toEqual([]);
  await crier.end();
});

test("a summary waits for all jobs of the pull request", async () => {
  const config = configOf({ summary_comment_repos: ["acme/lib"] });
  const crier = start([job("unit", "success"), job("lint", "pending")], { config });
  await crier.settle();
  expect(crier.brief()).not.toContain("createComment");
  crier.store.put(job("lint", "success"));
  await crier.settle();
  expect(crier.brief()).toContain("createComment");
  await crier.end();
});

test.each([
  ["success", "success"],
  ["aborted", "failure"],
  ["error", "error"],
  ["triggered", "pending"],
] as const)("a job that is %s has the status %s", (state, status) => {
  expect(statusEffects(job("unit", state), configOf())).toMatchObject([
    { sha: SHA, status: { state: status } },
  ]);
});

test("a postsubmit's status is on the base, a batch has none, the description ends in the base", () => {
  const postsubmit = job("push", "success", {
    spec: { type: "postsubmit", refs: { org: "a", repo: "b", base_sha: BASE } },
  });
  const [effect] = statusEffects(postsubmit, configOf());
  expect(effect).toMatchObject({
    sha: BASE,
    status: { description: expect.stringMatching(/BaseSHA:b{40}$/) },
  });
  const batch = job("unit", "success", { spec: { type: "batch" } });
  expect(statusEffects(batch, configOf())).toEqual([]);
});

test("storage gets prowjob.json always, started and finished where the job left none", async () => {
  const gcs = { gcs_configuration: { bucket: "results", path_strategy: "explicit" as const } };
  const dir = "gs://results/pr-logs/pull/acme_lib/1/unit/17";
  const run = async (files: Record<string, string>) => {
    const crier = start([job("unit", "success", { spec: { decoration_config: gcs, report: false } })], {
      files,
    });
    await crier.settle();
    await crier.end();
    return crier.effects.flatMap((effect) => (effect.do === "writeObject" ? [effect] : []));
  };
  const alone = await run({});
  expect(alone.map(({ url, ifAbsent }) => [url, ifAbsent ?? false])).toEqual([
    [`${dir}/started.json`, true],
    [`${dir}/finished.json`, true],
    [`${dir}/prowjob.json`, false],
  ]);
  expect(JSON.parse(alone[0]!.content)).toEqual({
    timestamp: 1767322800,
    pull: "1",
    repos: { "acme/lib": `main:${BASE},1:${SHA}` },
    "repo-commit": SHA,
    "repo-version": SHA,
    metadata: { uploader: "crier" },
  });
  expect(JSON.parse(alone[1]!.content)).toMatchObject({
    timestamp: 1767322860,
    passed: true,
    result: "success",
  });
  expect(alone[2]!.content).toContain('\n\t"kind": "ProwJob"');
  const byPod = await run({ [`${dir}/started.json`]: '{"timestamp": 1}' });
  expect(byPod.map(({ url }) => url.split("/").at(-1))).toEqual(["finished.json", "prowjob.json"]);
  const byCrier = await run({ [`${dir}/started.json`]: '{"metadata": {"uploader": "crier"}}' });
  expect(byCrier[0]).toMatchObject({ url: `${dir}/started.json` });
  expect(byCrier[0]?.ifAbsent).toBeUndefined();
});

test("jobs of repositories that another crier reports are left alone; one that is about both is told", async () => {
  const acme = { org: "acme", repo: "lib", base_ref: "main", base_sha: BASE, pulls: [] };
  const elsewhere = { ...acme, org: "other" };
  const periodic = { type: "periodic", refs: undefined } as const;
  const crier = start(
    [
      job("ours", "success"),
      job("theirs", "success", { spec: { refs: elsewhere } }),
      job("extra", "success", { spec: { ...periodic, extra_refs: [acme] } }),
      job("theirs-extra", "success", { spec: { ...periodic, extra_refs: [elsewhere] } }),
      job("both", "success", { spec: { refs: acme, extra_refs: [elsewhere] } }),
      job("none", "success", { spec: periodic }),
    ],
    { isEnabled: ({ org }) => org === "acme" },
  );
  await crier.settle();
  const reported = crier.effects.flatMap((effect) => (effect.do === "patchProwJob" ? [effect.name] : []));
  expect(new Set(reported)).toEqual(new Set(["pj-ours", "pj-extra", "pj-both", "pj-none"]));
  await crier.end();
});

describe("the comments of a pull request", () => {
  const report = "The following test **failed**\n\n--- | ---\nunit | x\n\n<!-- test report -->";
  const silentStorage = (
    name: string,
    state: ProwJob["status"]["state"],
    parts: Parameters<typeof job>[2] = {},
  ) => {
    const made = job(name, state, parts);
    return { ...made, status: { ...made.status, build_id: "" } };
  };

  test("are read once while no test of it fails", async () => {
    const crier = start([silentStorage("unit", "success")]);
    await crier.settle();
    crier.store.put(silentStorage("lint", "success"));
    await crier.settle();
    crier.store.put(silentStorage("docs", "aborted"));
    await crier.settle();
    expect(crier.listed).toEqual([1]);
    expect(crier.brief().filter((text) => text.startsWith("status"))).toHaveLength(3);
    await crier.end();
  });

  test("are read for each pull request", async () => {
    const crier = start([silentStorage("unit", "success")]);
    await crier.settle();
    const refs = { ...job("lint", "success").spec.refs!, pulls: [{ number: 2, author: "bob", sha: SHA }] };
    crier.store.put(silentStorage("lint", "success", { spec: { refs } }));
    await crier.settle();
    expect(crier.listed).toEqual([1, 2]);
    await crier.end();
  });

  test("are read again once a test has failed, and what the failure left is tidied up", async () => {
    const crier = start([silentStorage("lint", "success")]);
    await crier.settle();
    crier.store.put(silentStorage("unit", "failure"));
    await crier.settle();
    crier.comments.push(comment(7, report));
    crier.store.put(silentStorage("unit", "success"));
    await crier.settle();
    expect(crier.listed).toEqual([1, 1, 1]);
    expect(crier.brief()).toContain("deleteComment");
    await crier.end();
  });

  test("are read again when somebody else has reported a failure", async () => {
    const crier = start([silentStorage("lint", "success")]);
    await crier.settle();
    const told = { prev_report_states: { "github-reporter": "failure", gcsreporter: "failure" } } as const;
    crier.store.put(silentStorage("unit", "failure", { status: told }));
    crier.comments.push(comment(7, report));
    const again = silentStorage("unit", "success");
    crier.store.put({ ...again, metadata: { ...again.metadata, name: "pj-unit-2" } });
    await crier.settle();
    expect(crier.listed).toEqual([1, 1]);
    expect(crier.brief()).toContain("deleteComment");
    await crier.end();
  });
});

const CHECKS = configOf({ reports: { "acme/lib": "checks" }, no_comment_repos: ["acme"] });
const unbuilt = { status: { build_id: "" } };

test("with reports: checks results are check runs, not statuses", async () => {
  const crier = start([job("unit", "pending", unbuilt)], { config: CHECKS, bot: "ci[bot]" });
  await crier.settle();
  crier.store.put(job("unit", "failure", unbuilt));
  await crier.settle();
  const told = crier.brief().filter((text) => !text.startsWith("reported"));
  expect(told).toEqual(["check unit pj-unit in_progress", "check unit pj-unit failure"]);
  await crier.end();
});

test("another repository, and a bot with a token, have statuses; that is said once", async () => {
  const said: string[] = [];
  const log: Logger = { ...silent, warn: (_, text) => void said.push(text), child: () => log };
  const other = { spec: { refs: { ...job("x", "success").spec.refs!, repo: "other" } }, ...unbuilt };
  const app = start([job("unit", "success", other)], { config: CHECKS, bot: "ci[bot]", log });
  const token = start([job("unit", "success", unbuilt), job("lint", "success", unbuilt)], {
    config: CHECKS,
    log,
  });
  await Promise.all([app.settle(), token.settle()]);
  for (const crier of [app, token])
    expect(crier.brief().some((text) => text.startsWith("check"))).toBe(false);
  expect(token.brief().filter((text) => text.startsWith("status"))).toHaveLength(2);
  expect(said).toEqual([expect.stringContaining("`reports: checks` needs a GitHub App")]);
  await Promise.all([app.end(), token.end()]);
});

test("an App that may not write checks has statuses; a rate limit is waited for", async () => {
  const crier = start([job("unit", "success", unbuilt)], { config: CHECKS, bot: "ci[bot]" });
  const errors = [
    new GitHubError(403, "API rate limit exceeded"),
    new GitHubError(403, "Resource not accessible by integration"),
  ];
  crier.sabotage((effect) => {
    const error = effect.do === "reportCheckRun" && errors.shift();
    if (error) throw error;
  });
  await crier.settle();
  expect(crier.brief()).toEqual(["status unit success", GITHUB("success")]);
  expect(errors).toEqual([]);
  await crier.end();
});

test("a run that has been superseded is only brought to its end, so that it does not hide the newer one", async () => {
  const old = job("unit", "aborted", unbuilt);
  const older = { ...old, metadata: { ...old.metadata, creationTimestamp: "2026-01-02T03:00:00Z" } };
  const fresh = job("unit", "pending", unbuilt);
  const newer = {
    ...fresh,
    metadata: { ...fresh.metadata, name: "pj-new", creationTimestamp: "2026-01-02T03:00:01Z" },
  };
  const crier = start([older, newer], { config: CHECKS, bot: "ci[bot]" });
  await crier.settle();
  const told = crier.brief().filter((text) => text.startsWith("check"));
  expect(told.sort()).toEqual(["check unit pj-new in_progress", "check unit pj-unit cancelled if there"]);
  await crier.end();
});

test("artifacts that cannot be read do not keep the result from being reported", async () => {
  const config = configOf(
    { reports: { "*": "checks" }, no_comment_repos: ["acme"] },
    { default_decoration_configs: { "*": { gcs_configuration: { bucket: "results" } } } },
  );
  const crier = start([job("unit", "failure")], { config, bot: "ci[bot]", files: { broken: "" } });
  await crier.settle();
  const effect = crier.effects.find((found) => found.do === "reportCheckRun");
  expect(effect).toMatchObject({
    report: {
      conclusion: "failure",
      annotations: [],
      output: { summary: expect.stringContaining("Note: the job's artifacts could not be read") },
    },
  });
  await crier.end();
});
