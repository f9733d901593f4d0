// Every change that is made, has failed or is only said in a dry run is in the record, with who made it and why.
import { expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import { dryRun } from "../../src/effects/dry-run.ts";
import type { GitHub } from "../../src/github/port.ts";
import type { Clusters } from "../../src/kube/port.ts";
import { because, within } from "../../src/lib/cause.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import { causeOfJob } from "../../src/model/job-cause.ts";
import type { Pod } from "../../src/model/pod.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { Entry } from "../../src/record/port.ts";
import { manualClock } from "../lib/manual-clock.ts";

const issue = { org: "acme", repo: "tool", number: 7 };
const HEAD = "a".repeat(40);
const label: Effect = { do: "addLabels", issue, labels: ["lgtm"] };

function world() {
  const entries: Entry[] = [];
  const record = { append: (entry: Entry) => void entries.push(entry) };
  const clock = manualClock();
  const refuse = async () => {
    throw new Error("HTTP 502");
  };
  const github = {
    read: {},
    write: { addLabels: async () => {}, removeLabel: refuse, createStatus: async () => {} },
  } as unknown as GitHub;
  const write = { create: async () => {}, patch: async () => {}, delete: async () => {} };
  const clusters = { home: { write }, build: () => ({ write }) } as unknown as Clusters;
  return { entries, record, clock, apply: applier({ github, clusters, record, clock, log: silent }) };
}

it("names the plugin, the delivery and its sender", async () => {
  const { entries, apply } = world();
  const cause = {
    component: "hook",
    guid: "g1",
    actor: "alice",
    org: "acme",
    repo: "tool",
    pr: 7,
    sha: HEAD,
  };
  await because(cause, () => within({ plugin: "lgtm" }, () => apply([label])));
  expect(entries).toEqual([
    {
      ...{ at: "2026-01-02T03:04:05.000Z", kind: "effect", act: "addLabels", ms: 0 },
      ...{ component: "hook", plugin: "lgtm", guid: "g1", actor: "alice", because: undefined },
      ...{ org: "acme", repo: "tool", pulls: [7], shas: [HEAD] },
      what: "add labels lgtm to acme/tool#7",
    },
  ]);
});

it("tells what failed, and nothing of what was not tried any more", async () => {
  const { entries, apply } = world();
  await expect(apply([label, { do: "removeLabel", issue, label: "x" }, label])).rejects.toThrow("HTTP 502");
  expect(entries.map(({ what, error }) => [what, error])).toEqual([
    ["add labels lgtm to acme/tool#7", undefined],
    ["remove label x from acme/tool#7", "HTTP 502"],
  ]);
});

it("says of a dry run that nothing was done", async () => {
  const { entries, record, clock } = world();
  await dryRun(silent, { record, clock })([label, label]);
  expect(entries.map(({ what, dry }) => [what, dry])).toEqual([["add labels lgtm to acme/tool#7", true]]);
});

const job = {
  metadata: { name: "pj", namespace: "default", labels: { "event-GUID": "g1" } },
  spec: {
    type: "presubmit",
    job: "unit",
    refs: { org: "acme", repo: "tool", pulls: [{ number: 7, author: "alice", sha: HEAD }] },
  },
  status: {},
} as unknown as ProwJob;

it("finds the pull request of what is done about its jobs, their pods and their commit", async () => {
  const { entries, apply } = world();
  const pod = { metadata: { name: "pj", namespace: "test-pods" } } as Pod;
  const repo = { org: "acme", repo: "tool" };
  const patch = { status: { state: "pending", description: "Job triggered." } };
  const effects: Effect[] = [
    { do: "createPod", cluster: "default", pod },
    { do: "patchProwJob", name: "pj", namespace: "default", patch },
    { do: "deletePod", cluster: "default", name: "pj", namespace: "test-pods" },
    {
      do: "createStatus",
      repo,
      sha: HEAD,
      status: { context: "unit", state: "success", description: "", target_url: "" },
    },
  ];
  await because(causeOfJob(job, "plank"), () => apply(effects));
  const about = {
    org: "acme",
    repo: "tool",
    pulls: [7],
    shas: [HEAD],
    guid: "g1",
    prowjob: "pj",
    job: "unit",
  };
  for (const entry of entries) expect(entry).toMatchObject(about);
  expect(entries[1]?.what).toBe("ProwJob pj is pending: Job triggered.");
});

it("does not take somebody else's pull request for its own", async () => {
  const { entries, apply } = world();
  const other = { org: "acme", repo: "docs", number: 1 };
  await because({ org: "acme", repo: "tool", pr: 7, sha: HEAD }, () =>
    apply([
      { do: "addLabels", issue: other, labels: ["x"] },
      { do: "createProwJob", job },
    ]),
  );
  expect(entries[0]).toMatchObject({ repo: "docs", pulls: [1] });
  expect(entries[0]).not.toHaveProperty("shas");
  expect(entries[1]).toMatchObject({ repo: "tool", pulls: [7], prowjob: "pj" });
});
