// trigger_github_workflows: which of GitHub's own workflow runs a comment runs again or approves.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { Effect } from "../../src/model/effect.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { type Answers, playWith } from "./with-reads.ts";
import { type IssueOptions, type Options, REPO, world } from "./world.ts";

const RUNS = [
  ["failed", "pull_request", "completed", "failure"],
  ["cancelled", "pull_request_target", "completed", "cancelled"],
  ["good", "pull_request", "completed", "success"],
  ["skipped", "pull_request", "completed", "skipped"],
  ["running", "pull_request", "in_progress", null],
  ["pushed", "push", "completed", "failure"],
  ["waiting", "pull_request", "completed", "action_required"],
  ["waiting too", "pull_request_target", "action_required", null],
] as const;
const id = (name: string) => RUNS.findIndex(([known]) => known === name) + 1;

const workflowRuns = () =>
  RUNS.map(([name, event, status, conclusion]) => ({
    id: id(name),
    name,
    event,
    status,
    conclusion,
    run_attempt: 3,
  }));

function play(by: string, body: string, settings: object = {}, answers: Answers = {}, pr: IssueOptions = {}) {
  const options: Options = {
    members: ["bob"],
    presubmits: [{ name: "unit", always_run: true }],
    plugins: { triggers: [{ repos: ["acme/lib"], trigger_github_workflows: true, ...settings }] },
  };
  const small = world(options);
  const pull = small.pr({ by: "newbie", ...pr });
  return playWith(trigger, pull.comment(by, body), small, { workflowRuns, ...answers });
}
const onRuns = (effects: Effect[]) =>
  effects.filter(({ do: what }) => what === "rerunFailedJobs" || what === "approveWorkflowRun");

const again = ["failed", "cancelled"].map((name) => ({
  do: "rerunFailedJobs",
  repo: REPO,
  run: id(name),
  attempt: 3,
}));
const approved = ["waiting", "waiting too"].map((name) => ({
  do: "approveWorkflowRun",
  repo: REPO,
  run: id(name),
}));

describe("a member's comment", () => {
  test.each([
    ["/retest", again],
    ["/test all", again],
    ["/ok-to-test", approved],
    ["/ok-to-test\n/retest", [...approved, ...again]],
    ["/ok-to-test\n/test ?", approved],
    ["/test unit", []],
    ["/retest-required", []],
    ["/test ?\n/retest", []],
    ["/ok-to-test cancel", []],
  ])("%j acts on %j", async (body, expected) => {
    expect(onRuns(await play("bob", body))).toEqual(expected);
  });

  test("does nothing to workflows where that is not wished", async () => {
    const off = { trigger_github_workflows: false };
    for (const body of ["/retest", "/ok-to-test"]) expect(onRuns(await play("bob", body, off))).toEqual([]);
    expect(onRuns(await play("bob", "/ok-to-test", { ignore_ok_to_test: true }))).toEqual([]);
  });

  test("starts our own jobs also when workflow runs can not be listed", async () => {
    const refused = { workflowRuns: () => new GitHubError(403, "Resource not accessible by integration") };
    const effects = await play("bob", "/retest", {}, refused);
    expect(effects.map(({ do: what }) => what)).toEqual(["createProwJob"]);
    const broken = { workflowRuns: () => new GitHubError(502, "bad gateway") };
    await expect(play("bob", "/retest", {}, broken)).rejects.toThrow("bad gateway");
  });
});

test("a stranger's comment reads no workflow runs", async () => {
  const asked = { workflowRuns: () => new Error("asked") };
  expect(onRuns(await play("newbie", "/retest", {}, asked))).toEqual([]);
});
