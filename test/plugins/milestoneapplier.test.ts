// The milestone of a branch: when a pull request to it gets it.
import { expect, test } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { milestoneapplier } from "../../src/plugins/milestoneapplier.ts";
import { playWith } from "./with-reads.ts";
import { type IssueOptions, world } from "./world.ts";

/** Without a prototype, as all maps of the configuration are. */
const BRANCHES = Object.assign(Object.create(null), { main: "v2.0", "release-1": "v1.9", typo: "v0" });
const here = { plugins: { milestone_applier: { "acme/lib": BRANCHES } } };
const reads = {
  milestones: () => [
    { title: "v2.0", number: 20 },
    { title: "v1.9", number: 19 },
  ],
};

function event(action: string, options: IssueOptions, more: Partial<PullRequest> = {}) {
  const pr = world(here).pr(options);
  const made = pr.event(action);
  return { pr, event: { ...made, pr: { ...made.pr, ...more } } };
}

test.each([
  ["opened", "main", false, undefined],
  ["opened", "release-1", false, 19],
  ["reopened", "release-1", false, undefined],
  ["synchronize", "release-1", false, undefined],
  ["edited", "release-1", false, undefined],
  ["closed", "main", true, 20],
  ["closed", "release-1", true, 19],
  ["closed", "main", false, undefined],
  ["closed", "release-1", false, undefined],
  ["labeled", "main", true, undefined],
  ["opened", "feature", false, undefined],
  ["closed", "feature", true, undefined],
  ["closed", "toString", true, undefined],
])("%s, to %s, merged %s: %s", async (action, base, merged, number) => {
  const { pr, event: opened } = event(action, { base }, { merged, ...(merged && { state: "closed" }) });
  const expected = number ? [{ do: "setMilestone", issue: pr.ref, milestone: number }] : [];
  expect(await playWith(milestoneapplier, opened, pr.world, reads)).toEqual(expected);
  expect(pr.world.reads).toEqual(number ? ["milestones"] : []);
});

test.each([
  ["v2.0", []],
  ["v1.9", ["setMilestone"]],
])("with %s on it already: %j", async (title, expected) => {
  const { pr, event: merged } = event("closed", {}, { merged: true, milestone: { title, number: 1 } });
  const effects = await playWith(milestoneapplier, merged, pr.world, reads);
  expect(effects.map((effect) => effect.do)).toEqual(expected);
});

test("a milestone that does not exist is a failure that says what to do", async () => {
  const { pr, event: opened } = event("opened", { base: "typo" });
  await expect(playWith(milestoneapplier, opened, pr.world, reads)).rejects.toThrow(
    "The configured milestone v0 for typo branch does not exist in the acme/lib repo: open it, or change milestone_applier in plugins.yaml",
  );
});

test("nothing where nothing is configured", async () => {
  const pr = world({}).pr({ base: "release-1" });
  expect(await playWith(milestoneapplier, pr.event("opened"), pr.world, reads)).toEqual([]);
});
