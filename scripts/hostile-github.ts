// A GitHub whose every answer is as documented, and full of what people could have written there.
import { setImmediate } from "node:timers/promises";
import { GitHubError } from "../src/github/error.ts";
import type { GitHubRead } from "../src/github/port.ts";
import type { Commit, IssueComment, PullRequest, User } from "../src/model/github.ts";
import { hostileText } from "./hostile-words.ts";
import type { Chance } from "./seeded.ts";

const AT = "2026-01-01T00:00:00Z";
const LOGINS = ["robot", "bob", "alice", "__proto__", "constructor", "x[bot]", "a-b", ""];
const PATHS = [
  "OWNERS",
  "a/OWNERS",
  "a/b.go",
  "../x",
  "__proto__/x",
  "a//b",
  "é.bzl",
  "config/x.yaml",
  "a\nb",
  "vendor/a.go",
];
const LABELS = [
  "lgtm",
  "approved",
  "do-not-merge/hold",
  "ok-to-test",
  "kind/bug",
  "__proto__",
  "size/XL",
  "é",
  "",
];
const OWNERS = [
  "approvers: [bob]\nreviewers: [alice]\n",
  "filters:\n  '.*': {approvers: [bob], labels: [lgtm]}\n",
  "approvers: bob\n",
  "filters: {'(': {approvers: [x]}}\n",
  "options: {no_parent_owners: true}\n__proto__: {approvers: [x]}\n",
  "aliases: {a: [bob]}\n",
  "[[[[",
  "",
];

/** Each question is answered or refused as chance has it; not at once, as by a network. */
export function hostileGitHub(chance: Chance): GitHubRead {
  const read = answers(chance);
  return new Proxy(read, {
    get(target, name) {
      const ask = Reflect.get(target, name) as unknown;
      if (typeof ask !== "function" || name === "botLogin") return ask;
      return async (...asked: unknown[]) => {
        await setImmediate();
        if (chance.oneIn(40)) throw new GitHubError(chance.pick([404, 403, 422]), "no");
        return (ask as (...all: unknown[]) => unknown)(...asked);
      };
    },
  });
}

function answers(chance: Chance): GitHubRead {
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: chance.below(most + 1) }, make);
  const text = () => hostileText(chance);
  const sha = () => chance.pick(["a", "b", "c"]).repeat(40);
  const user = (): User => ({
    login: chance.pick(LOGINS),
    id: chance.below(9),
    type: chance.pick(["User", "Bot"]),
  });
  // GitHub takes 50 characters.
  const label = () => ({
    name: chance.oneIn(9) ? text().slice(0, 50) : chance.pick(LABELS),
    description: null,
  });
  const milestone = () => ({
    number: chance.below(9),
    title: chance.pick(["v1", "", text()]),
    state: "open",
  });
  const times = () => ({ created_at: AT, updated_at: chance.pick([AT, "2026-01-01T00:00:01Z", ""]) });
  const said = () => ({
    id: chance.below(99),
    body: text(),
    user: user(),
    html_url: "https://x/#1",
    ...times(),
  });
  const comment = (): IssueComment => said();
  const repository = () => ({
    ...{ name: "tool", full_name: "acme/tool", owner: user(), html_url: "https://github.com/acme/tool" },
    ...{ default_branch: "main", private: false, archived: chance.oneIn(9), node_id: "R_1" },
  });
  const issue = (number: number) => ({
    ...{
      number,
      title: text(),
      body: chance.oneIn(5) ? null : text(),
      state: chance.pick(["open", "closed"] as const),
    },
    ...{ user: user(), labels: some(9, label), assignees: some(3, user), node_id: "I_1", ...times() },
    ...{
      milestone: chance.oneIn(2) ? null : milestone(),
      html_url: `https://github.com/acme/tool/pull/${number}`,
    },
  });
  const branch = (ref: string) => ({ ref, sha: sha(), repo: chance.oneIn(9) ? null : repository() });
  const pull = (number: number): PullRequest => ({
    ...{
      ...issue(number),
      draft: chance.oneIn(5),
      merged: chance.oneIn(9),
      mergeable: chance.pick([true, false, null]),
    },
    ...{ merge_commit_sha: chance.pick([null, sha()]), base: branch("main"), head: branch("mend") },
    ...{ requested_reviewers: some(3, user), requested_teams: some(2, () => ({ slug: text() })) },
    ...{
      additions: chance.below(9_999),
      deletions: chance.below(9),
      changed_files: chance.below(9),
      commits: 1,
    },
  });
  const commit = (): Commit => ({
    ...{ sha: sha(), message: text(), tree: sha(), parents: some(3, sha) },
    ...(chance.oneIn(2) && { author: chance.pick(LOGINS) }),
  });
  const status = () => ({
    ...{
      context: chance.pick(["unit", "ci/x", "", text()]),
      description: text(),
      target_url: chance.pick(["", "x:", "https://x"]),
    },
    state: chance.pick(["pending", "success", "failure", "error"] as const),
  });
  const checkRun = () => ({
    ...{
      id: chance.below(9),
      name: chance.pick(["unit", text()]),
      status: "completed",
      external_id: chance.pick(["", "x"]),
    },
    ...{
      conclusion: chance.pick([null, "success", "failure"]),
      head_sha: sha(),
      app: chance.pick(["robot", "ci"]),
    },
  });
  const workflowRun = () => ({
    ...{ id: chance.below(9), name: text(), event: chance.pick(["pull_request", "push"]), run_attempt: 1 },
    ...{ status: chance.pick(["completed", "action_required"]), conclusion: chance.pick([null, "failure"]) },
  });
  const file = async (_: unknown, path: string) =>
    chance.oneIn(3) ? undefined : path.includes("OWNERS") ? chance.pick(OWNERS) : text();
  return {
    botLogin: async () => "robot",
    repository: async () => repository(),
    branchSHA: async () => (chance.oneIn(9) ? undefined : sha()),
    commit: async () => commit(),
    issue: async ({ number }) => issue(number),
    pullRequest: async ({ number }) => pull(number),
    pullRequestsFrom: async () => some(2, () => pull(8)),
    changedFiles: async () =>
      some(6, () => ({
        ...{
          filename: chance.pick(PATHS),
          status: chance.pick(["added", "removed", "modified", "renamed"] as const),
        },
        ...{ additions: chance.below(9_999), deletions: chance.below(9), changes: 1, sha: sha() },
        ...(chance.oneIn(2) && {
          patch: `@@ -1,2 +${chance.pick(["1,3", "x", "", "1,99999999999"])} @@\n+${text()}`,
        }),
        ...(chance.oneIn(3) && { previous_filename: chance.pick(PATHS) }),
      })),
    pullRequestCommits: async () => some(5, commit),
    commitsBetween: async () => some(5, commit),
    matchingRefs: async () => some(3, () => chance.pick(["heads/release-1", "heads/../x", "heads/"])),
    issueLabels: async () => some(9, label),
    repositoryLabels: async () => some(20, label),
    milestones: async () => some(5, milestone),
    comments: async () => some(12, comment),
    reviews: async () =>
      some(5, () => ({
        ...{ ...said(), submitted_at: AT, body: chance.oneIn(5) ? null : text(), commit_id: sha() },
        state: chance.pick(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"] as const),
      })),
    reviewComments: async () => some(5, () => ({ ...said(), path: chance.pick(PATHS) })),
    issueEvents: async () =>
      some(5, () => ({
        ...{
          event: chance.pick(["labeled", "closed", ""]),
          actor: chance.oneIn(5) ? null : user(),
          created_at: AT,
        },
        ...(chance.oneIn(2) && { label: label() }),
      })),
    statuses: async () => some(5, status),
    statusHistory: async () => some(5, status),
    checkRuns: async () => some(5, checkRun),
    workflowRuns: async () => some(3, workflowRun),
    workflowRun: async () => workflowRun(),
    branchMoves: async () => some(3, () => ({ after: sha(), timestamp: chance.pick([AT, "", "never"]) })),
    isMember: async () => chance.oneIn(2),
    isCollaborator: async () => chance.oneIn(2),
    permission: async () => chance.pick(["admin", "write", "read", "none"] as const),
    collaborators: async () => some(5, user),
    isTeamMember: async () => chance.oneIn(2),
    teamMembers: async () => some(3, user),
    branchProtection: async () => (chance.oneIn(2) ? undefined : { contexts: some(3, text) }),
    file,
    fileBytes: async (repo, path) => {
      const found = await file(repo, path);
      return found === undefined ? undefined : Buffer.from(found);
    },
    tree: async () => some(6, () => chance.pick(PATHS)),
    directory: async () =>
      some(6, () => ({
        path: chance.pick(PATHS),
        mode: chance.pick(["100644", "120000", "040000", "160000"]),
        sha: sha(),
      })),
    blob: async () => (chance.oneIn(2) ? chance.pick(OWNERS) : text()),
    mergeBase: async () => (chance.oneIn(5) ? undefined : sha()),
    repositories: async () => some(3, repository),
    searchIssues: async () => ({ total: chance.below(9), items: some(3, () => issue(8)) }),
    graphql: async () => Promise.reject(new GitHubError(422, "there is nothing")),
  };
}
