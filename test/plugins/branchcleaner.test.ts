// branchcleaner: which branches go after a merge.
import { expect, test } from "vitest";
import { branchcleaner } from "../../src/plugins/branchcleaner.ts";
import { REPO, world } from "./world.ts";

interface Case {
  action?: string;
  merged?: boolean;
  head?: string;
  from?: string | null;
  preserved?: Record<string, string[]>;
}

async function deleted({
  action = "closed",
  from = "acme/lib",
  head = "topic",
  merged = true,
  preserved,
}: Case) {
  const branches = preserved && { branch_cleaner: { preserved_branches: preserved } };
  const one = world({ ...(branches && { plugins: branches }) }).pr();
  const pull = one.pullRequest();
  const repo = from === null ? null : { ...pull.base.repo!, full_name: from };
  const pr = { ...pull, merged, head: { ref: head, sha: "h", repo } };
  return one.world.play(branchcleaner, one.event(action, { pr }));
}

test.each<[string, Case]>([
  ["the branch of a merged pull request", {}],
  ["a branch that no pattern names", { preserved: { "acme/lib": ["^release-.*"], acme: ["main"] } }],
  ["one that another repository preserves", { preserved: { "acme/other": ["topic"], other: ["topic"] } }],
  ["a name with slashes", { head: "a/b" }],
  ["whatever a broken pattern says", { preserved: { "acme/lib": ["("] } }],
])("deletes %s", async (_what, one) => {
  expect(await deleted(one)).toEqual([{ do: "deleteBranch", repo: REPO, branch: one.head ?? "topic" }]);
});

test.each<[string, Case]>([
  ["opened", { action: "opened" }],
  ["synchronized", { action: "synchronize" }],
  ["closed without a merge", { merged: false }],
  ["from a fork", { from: "alice/lib" }],
  ["from a fork that is gone", { from: null }],
  ["from a branch preserved in the repository", { preserved: { "acme/lib": ["main", "topic"] } }],
  ["from a branch preserved in the org", { preserved: { acme: ["topic"] } }],
  ["from a branch that matches a pattern", { head: "release-1.2", preserved: { acme: ["^release-.*"] } }],
  ["from a branch that a pattern finds anywhere in it", { preserved: { acme: ["opi"] } }],
  ["from a branch with the very name of a broken pattern", { head: "(", preserved: { acme: ["("] } }],
])("leaves the branch of a pull request %s", async (_what, one) => {
  expect(await deleted(one)).toEqual([]);
});
