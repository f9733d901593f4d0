// skip: optional contexts that are not green become green, unless the same comment runs them.
import { expect, test } from "vitest";
import { InRepoConfigError } from "../../src/jobs/repo-jobs.ts";
import type { StatusState } from "../../src/model/github.ts";
import { skip } from "../../src/plugins/skip.ts";
import { type Issue, type IssueOptions, type Options, REPO, world } from "./world.ts";

const presubmits = [
  { name: "unit", always_run: true },
  { name: "lint", optional: true, always_run: true },
  { name: "perf", optional: true, always_run: false },
  { name: "hidden", skip_report: true, always_run: false },
];

function pull(states: Record<string, StatusState>, options: Options = {}, pr: IssueOptions = {}): Issue {
  const small = world({ presubmits, ...options });
  for (const [context, state] of Object.entries(states))
    small.statuses.push({ context, state, description: "", target_url: "https://elsewhere" });
  return small.pr(pr);
}

const skipped = (pr: Issue, ...contexts: string[]) =>
  contexts.map((context) => ({
    do: "createStatus",
    repo: REPO,
    sha: pr.headSHA,
    status: { context, state: "success", description: "Skipped", target_url: "" },
  }));

test.each([
  ["/skip", { lint: "failure", perf: "pending" }, ["lint", "perf"]],
  ["/SKIP  ", { lint: "error" }, ["lint"]],
  ["first\r\n/skip\r\nlast", { lint: "failure" }, ["lint"]],
  ["/skip", { unit: "failure" }, []],
  ["/skip", { lint: "success", unit: "failure" }, []],
  ["/skip", { hidden: "failure" }, ["hidden"]],
  ["/skip", { "external/thing": "failure" }, []],
  ["/skip", {}, []],
  ["/skip lint", { lint: "failure" }, []],
  ["> /skip", { lint: "failure" }, []],
  ["/skip\n/test lint", { lint: "failure", perf: "failure" }, ["perf"]],
  ["/skip\n/retest", { lint: "failure", perf: "pending" }, ["perf"]],
  ["/skip\n/test all", { lint: "failure", perf: "failure" }, ["perf"]],
  ["/skip\n/ok-to-test", { lint: "failure", perf: "failure" }, ["perf"]],
] as [string, Record<string, StatusState>, string[]][])(
  "%j with %j skips %j",
  async (body, states, contexts) => {
    const pr = pull(states);
    expect(await pr.world.play(skip, pr.comment("mallory", body))).toEqual(skipped(pr, ...contexts));
  },
);

test("where /ok-to-test does nothing it keeps nothing from being skipped", async () => {
  const plugins = { triggers: [{ repos: ["acme"], ignore_ok_to_test: true }] };
  const pr = pull({ lint: "failure" }, { plugins });
  expect(await pr.world.play(skip, pr.comment("bob", "/skip\n/ok-to-test"))).toEqual(skipped(pr, "lint"));
});

test("a context that another job of the branch requires stays red", async () => {
  const twins = [
    { name: "old", context: "e2e", optional: true, branches: ["release-1"] },
    { name: "new", context: "e2e", branches: ["main"] },
  ];
  const main = pull({ e2e: "failure" }, { presubmits: twins });
  expect(await main.world.play(skip, main.comment("bob", "/skip"))).toEqual([]);
  const release = pull({ e2e: "failure" }, { presubmits: twins }, { base: "release-1" });
  expect(await release.world.play(skip, release.comment("bob", "/skip"))).toEqual(skipped(release, "e2e"));
});

test("closed pull requests, issues, and edited comments are left alone, without a request", async () => {
  const closed = pull({ lint: "failure" }, {}, { state: "closed" });
  const pr = pull({ lint: "failure" });
  const issue = world({ presubmits }).issue();
  expect(await closed.world.play(skip, closed.comment("bob", "/skip"))).toEqual([]);
  expect(await pr.world.play(skip, pr.comment("bob", "/skip", { action: "edited" }))).toEqual([]);
  expect(await issue.world.play(skip, issue.comment("bob", "/skip"))).toEqual([]);
  expect([...closed.world.reads, ...pr.world.reads, ...issue.world.reads]).toEqual([]);
});

test("jobs that can not be read are no reason to skip any", async () => {
  const pr = pull({ lint: "failure" });
  const { context } = pr.world;
  const broken = { ...context, config: { ...context.config, in_repo_config: { enabled: { "*": true } } } };
  const presubmitsFail = async () => Promise.reject(new InRepoConfigError(".prow.yaml: no"));
  const jobs = { ...context.jobs, presubmits: presubmitsFail };
  const event = pr.comment("bob", "/skip");
  expect(await skip.handle(event, { ...broken, jobs } as unknown as typeof context)).toEqual([]);
});
