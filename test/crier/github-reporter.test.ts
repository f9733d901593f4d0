// Which jobs GitHub hears of, what is given up, and which jobs a summary is about. Prow's own cases.
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { githubReporter, isReported, reportFooter } from "../../src/crier/github-reporter.ts";
import { GitHubError } from "../../src/github/error.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { ProwJob, ProwJobState } from "../../src/model/prowjob.ts";
import { JobStore } from "../tide/world.ts";
import { configOf, job, SHA } from "./world.ts";

function reporter(jobs: ProwJob[], config: Config = configOf(), agent?: string) {
  const read = { botLogin: async () => "ci-robot", comments: async () => [] };
  return githubReporter({
    ...{ read, prowJobs: new JobStore(jobs), config: () => config, workers: 1, agent },
    ...{ clock: { now: () => new Date(0) }, log: silent },
  });
}

type Spec = Partial<ProwJob["spec"]>;

describe("a job is told", () => {
  const gerrit = { "prow.k8s.io/gerrit-report-label": "code-review" };
  test.each<[string, ProwJob, boolean]>([
    ["presubmit", job("unit", "success"), true],
    ["postsubmit", job("unit", "success", { spec: { type: "postsubmit" } }), true],
    ["batch", job("unit", "success", { spec: { type: "batch" } }), false],
    ["periodic", job("unit", "success", { spec: { type: "periodic" } }), false],
    ["report: false", job("unit", "success", { spec: { report: false } }), false],
    ["of Gerrit's", job("unit", "success", { labels: gerrit }), false],
    ["waiting for a scheduler", job("unit", "scheduling"), false],
    ["without refs", job("unit", "success", { spec: { refs: undefined } }), false],
  ])("%s", (_name, of, expected) => {
    expect(reporter([]).shouldReport(of)).toBe(expected);
  });

  test("only when it is of the agent that --report-agent names", () => {
    const tekton = reporter([], configOf(), "tekton-pipeline");
    expect(tekton.shouldReport(job("unit", "success"))).toBe(false);
    expect(tekton.shouldReport(job("unit", "success", { spec: { agent: "tekton-pipeline" } }))).toBe(true);
  });

  test.each<[string[], Spec, boolean]>([
    [["presubmit"], { report: false }, false],
    [["presubmit"], {}, true],
    [["presubmit"], { type: "postsubmit" }, false],
    [["presubmit", "postsubmit"], { type: "postsubmit" }, true],
    [[], {}, false],
  ])("when its type is among %j: %j is %s", (types, spec, expected) => {
    const config = configOf({ job_types_to_report: types });
    expect(isReported(job("unit", "success", { spec }), config)).toBe(expected);
  });
});

test.each<[string, Error, boolean]>([
  [
    "too many statuses",
    new GitHubError(422, "This SHA and context has reached the maximum number of statuses"),
    true,
  ],
  ["a commit that was pushed over", new GitHubError(404, "Not Found"), true],
  ["a commit that GitHub does not know", new GitHubError(422, `No commit found for SHA: ${SHA}`), true],
  ["a token that lacks rights", new GitHubError(403, "Resource not accessible by integration"), false],
  ["an outage", new GitHubError(502, "Bad Gateway"), false],
  ["anything else", new Error("something went wrong :("), false],
])("a status is given up: %s", (_name, error, hopeless) => {
  const [status] = reporter([]).steps(job("unit", "success"));
  expect(status!.isHopeless!(error)).toBe(hopeless);
});

async function comments(of: ProwJob, jobs: ProwJob[], config: Config): Promise<Effect[]> {
  const steps = reporter(jobs, config).steps(of);
  return await steps.at(-1)!.effects();
}

test("a postsubmit about one pull request has a comment too", async () => {
  const failed = job("push", "failure", { spec: { type: "postsubmit" } });
  expect(await comments(failed, [failed], configOf())).toMatchObject([
    {
      do: "createComment",
      body: expect.stringContaining(`push | ${SHA} | [link](https://ci/push) | unknown |`),
    },
  ]);
  const plain = job("push", "failure", {
    spec: { type: "postsubmit", refs: { ...failed.spec.refs!, pulls: [] } },
  });
  expect(await comments(plain, [plain], configOf())).toEqual([]);
});

describe("a summary", () => {
  const config = configOf({ summary_comment_repos: ["acme/lib"] });
  const refs = job("x", "success").spec.refs!;
  const on = (
    name: string,
    state: ProwJobState,
    spec: Spec = {},
    created = "2026-01-02T03:00:00Z",
    id = name,
  ) => {
    const made = job(name, state, { spec });
    return { ...made, metadata: { ...made.metadata, name: `pj-${id}`, creationTimestamp: created } };
  };
  const passed = on("unit", "success");
  const PASSED = "all tests **passed!**";

  /** The first line of the comment, and the tests in it. */
  async function summary(of: ProwJob, others: ProwJob[]): Promise<string | undefined> {
    const [effect] = await comments(of, [of, ...others], config);
    if (effect?.do !== "createComment") return undefined;
    const rows = [...effect.body.matchAll(/^(\S+) \| [0-9a-f]{40} /gm)].map(([, name]) => name);
    return rows.length > 0 ? rows.join(" ") : effect.body.split("\n")[0]!.replace("@alice: ", "");
  }

  test.each<[string, ProwJob, ProwJob[], string | undefined]>([
    ["of a job alone", passed, [], PASSED],
    ["of all that have ended", passed, [on("lint", "failure")], "lint"],
    ["not while one runs", passed, [on("lint", "pending")], undefined],
    ["not while one of several runs", passed, [on("lint", "failure"), on("e2e", "pending")], undefined],
    ["not before the job itself is over", on("unit", "pending"), [], undefined],
    [
      "not while one is being aborted",
      passed,
      [{ ...on("e2e", "aborted"), status: { state: "aborted" } }],
      undefined,
    ],
    ["without jobs that report nothing", passed, [on("lint", "failure", { report: false })], PASSED],
    [
      "without jobs of other pull requests",
      passed,
      [on("lint", "failure", { refs: { ...refs, pulls: [{ ...refs.pulls![0]!, number: 2 }] } })],
      PASSED,
    ],
    [
      "without jobs of other orgs",
      passed,
      [on("lint", "failure", { refs: { ...refs, org: "other" } })],
      PASSED,
    ],
    [
      "without jobs of other repositories",
      passed,
      [on("lint", "failure", { refs: { ...refs, repo: "app" } })],
      PASSED,
    ],
    [
      "with the newest run of each job",
      passed,
      [
        on("lint", "failure", {}, "2026-01-02T03:00:00Z", "lint-1"),
        on("lint", "success", {}, "2026-01-02T03:05:00Z", "lint-2"),
      ],
      PASSED,
    ],
    ["not that all passed when one was aborted", passed, [on("lint", "aborted")], undefined],
  ])("is %s", async (_name, of, others, expected) => {
    expect(await summary(of, others)).toBe(expected);
  });
});

test("the report template is of the repository, its org or all, and speaks of the first job", () => {
  const plank = { report_templates: { "*": "all", acme: "org {{.Spec.Job}}", "acme/app": "repo" } };
  const config = configOf({}, plank);
  const refs = job("unit", "failure").spec.refs!;
  expect(reportFooter(config, refs, job("unit", "failure"))).toBe("org unit");
  expect(reportFooter(config, { ...refs, repo: "app" }, job("unit", "failure"))).toBe("repo");
  expect(reportFooter(config, { ...refs, org: "other" }, job("unit", "failure"))).toBe("all");
  expect(reportFooter(configOf({}, { report_templates: {} }), refs, job("unit", "failure"))).toBeUndefined();
});
