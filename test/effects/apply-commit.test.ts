// Check runs and workflow runs: doing it again changes nothing, and a refusal stops nothing.
import { expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";

const repo = { org: "acme", repo: "tool" };
const run = {
  name: "scan",
  head_sha: "a".repeat(40),
  conclusion: "success",
  external_id: "7",
  output: { title: "t", summary: "s" },
} as const;

function github(refusal?: number) {
  const calls: string[] = [];
  const reported: object[] = [{ name: "scan", external_id: "6" }];
  let attempt = 1;
  const act = (name: string, then: () => void) => async () => {
    if (refusal) throw new GitHubError(refusal, "no");
    calls.push(name);
    then();
  };
  const port = {
    read: { checkRuns: async () => reported, workflowRun: async () => ({ run_attempt: attempt }) },
    write: {
      createCheckRun: act("check", () => reported.push({ name: "scan", external_id: "7" })),
      rerunFailedJobs: act("rerun", () => {
        attempt++;
      }),
      approveWorkflowRun: act("approve", () => {}),
      addLabels: async () => void calls.push("label"),
    },
  } as unknown as GitHub;
  return { calls, apply: applier({ clock: systemClock, log: silent, github: port }) };
}

it.each([
  [{ do: "createCheckRun", repo, run }, "check"],
  [{ do: "rerunFailedJobs", repo, run: 5, attempt: 1 }, "rerun"],
] as [Effect, string][])("%j is done once", async (effect, call) => {
  const { apply, calls } = github();
  await apply([effect]);
  await apply([effect]);
  expect(calls).toEqual([call]);
});

const after: Effect = { do: "addLabels", issue: { ...repo, number: 1 }, labels: ["x"] };
const onRuns: Effect[] = [
  { do: "rerunFailedJobs", repo, run: 5, attempt: 1 },
  { do: "approveWorkflowRun", repo, run: 5 },
];

it.each([403, 404, 409, 422])("a refusal (%i) of a workflow run stops nothing", async (status) => {
  const { apply, calls } = github(status);
  await apply([...onRuns, after]);
  expect(calls).toEqual(["label"]);
});

it("trouble at GitHub is a failure, to be tried again", async () => {
  const { apply } = github(502);
  for (const effect of onRuns) await expect(apply([effect])).rejects.toThrow("no");
});
