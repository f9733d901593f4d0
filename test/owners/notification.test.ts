// The approve notification over random changes, owners and approvals: equal to what Prow's own code wrote for each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type Approval,
  type Approvals,
  addApproval,
  coverage,
  suggestedApprovers,
} from "../../src/owners/approvers.ts";
import { notification } from "../../src/owners/notification.ts";
import { repoOwners } from "../../src/owners/repo-owners.ts";

interface Recorded {
  Files: string[];
  Owners: Record<string, { Approvers: string[]; NoParent: boolean; Auto: boolean }>;
  Seed: number;
  Approvals: { Login: string; How: Approval["how"]; Ref: string; NoIssue: boolean }[];
  Assignees: string[];
  RequireIssue: boolean;
  Issue: number;
  Manual: boolean;
  expected: string;
}

/** Made by running approvers.GetMessage of Prow a61940897 over these worlds. */
const recorded = readFileSync(join(import.meta.dirname, "../golden/owners/notifications.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

test.each(recorded.map((world, index) => [index, world] as const))("recorded world %d", (_index, world) => {
  const files = Object.entries(world.Owners).map(([directory, { Approvers, Auto, NoParent }]) => {
    const options = { no_parent_owners: NoParent, auto_approve_unowned_subfolders: Auto };
    return [
      directory ? `${directory}/OWNERS` : "OWNERS",
      JSON.stringify({ approvers: Approvers, options }),
    ] as const;
  });
  const owners = repoOwners({
    filename: "OWNERS",
    files: new Map(files),
    aliases: new Map(),
    ignoredDirectories: [],
  });
  const approvals: Approvals = new Map();
  for (const { Login, How, Ref, NoIssue } of world.Approvals) {
    addApproval(approvals, { login: Login, how: How, reference: Ref, noIssue: NoIssue });
  }
  const text = notification(
    {
      number: world.Seed,
      org: "org",
      repo: "repo",
      branch: "main",
      files: world.Files,
      ownersFilename: "OWNERS",
      change: coverage(world.Files, owners),
      approvals,
      assignees: world.Assignees,
      requireIssue: world.RequireIssue,
      associatedIssue: world.Issue,
      manuallyApproved: world.Manual,
    },
    { github: "https://github.com", commandHelp: "https://h", process: "https://p" },
  );
  expect(text).toBe(world.expected);
});

test("people are suggested at once for a change in a thousand directories", () => {
  const list = (nth: number) => Array.from({ length: 20 }, (_, i) => `- p${(nth * 7 + i * 13) % 2_000}`);
  const files = Array.from(
    { length: 1_000 },
    (_, nth) => [`d${nth}/OWNERS`, `approvers:\n${list(nth).join("\n")}\n`] as const,
  );
  const owners = repoOwners({
    filename: "OWNERS",
    files: new Map(files),
    aliases: new Map(),
    ignoredDirectories: [],
  });
  const change = coverage(
    files.map((_, nth) => `d${nth}/file.go`),
    owners,
  );
  const started = performance.now();
  expect(suggestedApprovers(change, new Set(), new Set(), 7).length).toBeGreaterThan(50);
  expect(performance.now() - started).toBeLessThan(1_500);
});
