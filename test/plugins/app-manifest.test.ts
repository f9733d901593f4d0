// app.yml asks GitHub for what Cutwater does and is told, and for nothing more.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { HEARD } from "../../src/github/hear.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import { knownEvents } from "../../src/hook/normalise.ts";
import type { GitHubEffect } from "../../src/model/effect.ts";
import type { EventKind } from "../../src/model/event.ts";
import { declarations } from "../../src/plugins/index.ts";

const root = join(import.meta.dirname, "../..");
const manifest = parse(readFileSync(join(root, "app.yml"), "utf8")) as {
  default_permissions: Record<string, string>;
  default_events: string[];
};

const TALK = ["issues: write", "pull_requests: write"];

/** What GitHub wants for an effect, by its documentation. */
const FOR_EFFECT: Record<GitHubEffect["do"], readonly string[]> = {
  addLabels: TALK,
  removeLabel: TALK,
  createComment: TALK,
  keepComment: TALK,
  editComment: TALK,
  deleteComment: TALK,
  pinIssue: ["issues: write"],
  transferIssue: ["issues: write"],
  assign: TALK,
  unassign: TALK,
  requestReviews: ["pull_requests: write"],
  unrequestReviews: ["pull_requests: write"],
  createReview: ["pull_requests: write"],
  setState: TALK,
  editIssue: TALK,
  setMilestone: TALK,
  react: TALK,
  deleteBranch: ["contents: write"],
  mergeInOrder: ["contents: write"],
  createStatus: ["statuses: write"],
  createCheckRun: ["checks: write"],
  reportCheckRun: ["checks: write"],
  rerunFailedJobs: ["actions: write"],
  approveWorkflowRun: ["actions: write"],
};

/** What every installation has. */
const METADATA = "metadata: read";
const CONTENTS = "contents: read";
const PULLS = "pull_requests: read";
const ISSUES = "issues: read";
const MEMBERS = "members: read";

/** What GitHub wants for a read, by its documentation. */
const FOR_READ: Record<keyof GitHubRead, string> = {
  botLogin: METADATA,
  repository: METADATA,
  repositories: METADATA,
  isCollaborator: METADATA,
  permission: METADATA,
  collaborators: METADATA,
  issue: ISSUES,
  issueLabels: ISSUES,
  repositoryLabels: ISSUES,
  milestones: ISSUES,
  comments: ISSUES,
  issueEvents: ISSUES,
  searchIssues: ISSUES,
  pullRequest: PULLS,
  pullRequestsFrom: PULLS,
  changedFiles: PULLS,
  pullRequestCommits: PULLS,
  reviews: PULLS,
  reviewComments: PULLS,
  branchSHA: CONTENTS,
  commit: CONTENTS,
  commitsBetween: CONTENTS,
  matchingRefs: CONTENTS,
  branchMoves: CONTENTS,
  file: CONTENTS,
  fileBytes: CONTENTS,
  tree: CONTENTS,
  directory: CONTENTS,
  blob: CONTENTS,
  mergeBase: CONTENTS,
  statuses: "statuses: read",
  statusHistory: "statuses: read",
  checkRuns: "checks: read",
  workflowRuns: "actions: read",
  workflowRun: "actions: read",
  branchProtection: "administration: read",
  isMember: MEMBERS,
  isTeamMember: MEMBERS,
  teamMembers: MEMBERS,
  // What it asks for decides, and is one of the above.
  graphql: METADATA,
};

/** A commented line of app.yml: only those who have turned that on need it. */
const OPTIONAL = ["actions"];

/** Events of GitHub's that a kind of ours comes from. */
const FOR_KIND: Record<EventKind, readonly string[]> = {
  issue: ["issues"],
  pull_request: ["pull_request"],
  push: ["push"],
  review: ["pull_request_review"],
  status: ["status"],
  check: ["check_run", "check_suite"],
  comment: ["issues", "issue_comment", "pull_request", "pull_request_review", "pull_request_review_comment"],
};

/**
 * Nobody acts on these, but what is remembered of people and repositories is forgotten by them at once. They take no
 * more than `members: read` and `metadata: read`.
 */
const FOR_MEMORY = ["member", "membership", "organization", "repository", "team", "team_add"];

/** Source of whatever decides: what carries out, emulates or describes uses everything there is. */
const decides = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !/^(local|github|effects|model|cmd)\//.test(file))
  .map((file) => readFileSync(join(root, "src", file), "utf8"))
  .join("\n");

const LEVELS = ["read", "write", "admin"];

function strongest(needs: readonly string[]): Record<string, string> {
  const all: Record<string, string> = { metadata: "read" };
  for (const [name = "", level = ""] of needs.map((need) => need.split(": "))) {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(all[name] ?? "")) all[name] = level;
  }
  return all;
}

test("permissions are those of the effects that somebody returns and of the reads that somebody makes", () => {
  const effects = Object.entries(FOR_EFFECT).filter(([name]) => decides.includes(`do: "${name}"`));
  const reads = Object.entries(FOR_READ).filter(([name]) => new RegExp(`\\.${name}\\(`).test(decides));
  const needed = strongest([...effects.flatMap(([, needs]) => needs), ...reads.map(([, need]) => need)]);
  for (const name of OPTIONAL) delete needed[name];
  expect(manifest.default_permissions).toEqual(needed);
});

test("events are those that plugins listen to, and those by which trust is forgotten", () => {
  const wanted = new Set(declarations.flatMap(({ on }) => on.flatMap((kind) => FOR_KIND[kind])));
  expect(manifest.default_events.toSorted()).toEqual([...wanted, ...FOR_MEMORY].sort());
  expect(FOR_MEMORY.filter((event) => !HEARD.has(event))).toEqual([]);
  expect([...wanted].filter((event) => !knownEvents.includes(event))).toEqual([]);
});
