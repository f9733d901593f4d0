// The everyday life of a pull request through an unmodified Octokit.
import { afterAll, beforeAll, expect, test } from "vitest";
import { commit, installedApp, lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

let github: TestGitHub;
beforeAll(async () => {
  github = await testGitHub();
});
afterAll(() => github.close());

const status = (error: unknown) => (error as { status: number }).status;
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => status(error),
  );

test("a pull request is opened, labelled, commented on, reviewed and merged", async () => {
  const alice = github.as("alice");
  const bob = github.as("bob");
  const opened = await openPull(alice, "feature/x", "src/a.txt", "one\nTWO\nthree\n");
  const pr = { ...lib, pull_number: opened.number };
  const issue = { ...lib, issue_number: opened.number };
  expect(opened).toMatchObject({
    state: "open",
    mergeable: true,
    mergeable_state: "clean",
    additions: 1,
    deletions: 1,
    changed_files: 1,
    commits: 1,
  });
  expect(opened.html_url).toBe(`${github.url}/acme/lib/pull/${opened.number}`);

  const { data: labels } = await bob.issues.addLabels({ ...issue, labels: ["lgtm", "do-not-merge/hold"] });
  expect(labels.map((label) => label.name)).toEqual(["lgtm", "do-not-merge/hold"]);
  await bob.issues.removeLabel({ ...issue, name: "do-not-merge/hold" });
  expect(await refused(bob.issues.removeLabel({ ...issue, name: "do-not-merge/hold" }))).toBe(404);
  expect((await bob.issues.listLabelsOnIssue(issue)).data.map((label) => label.name)).toEqual(["lgtm"]);

  const { data: comment } = await bob.issues.createComment({ ...issue, body: "/lgtm" });
  await bob.issues.updateComment({ ...lib, comment_id: comment.id, body: "/lgtm really" });
  expect((await alice.issues.listComments(issue)).data.map((found) => found.body)).toEqual(["/lgtm really"]);

  expect(await refused(alice.pulls.createReview({ ...pr, event: "APPROVE" }))).toBe(422);
  await bob.pulls.createReview({ ...pr, event: "APPROVE", body: "nice" });
  expect((await alice.pulls.listReviews(pr)).data.map((review) => review.state)).toEqual(["APPROVED"]);

  const { data: files } = await alice.pulls.listFiles(pr);
  expect(files[0]).toMatchObject({
    filename: "src/a.txt",
    status: "modified",
    patch: expect.stringContaining("+TWO"),
  });
  expect((await alice.pulls.get({ ...pr, mediaType: { format: "diff" } })).data).toContain(
    "diff --git a/src/a.txt",
  );

  expect(await refused(alice.pulls.merge({ ...pr, sha: "0".repeat(40) }))).toBe(409);
  const { data: merged } = await alice.pulls.merge({ ...pr, sha: opened.head.sha, merge_method: "squash" });
  const { data: head } = await alice.repos.getCommit({ ...lib, ref: "main" });
  expect(head).toMatchObject({
    sha: merged.sha,
    commit: { message: `Change src/a.txt (#${opened.number})` },
  });
  expect((await alice.pulls.get(pr)).data).toMatchObject({
    merged: true,
    state: "closed",
    merged_by: { login: "alice" },
    changed_files: 1,
    commits: 1,
  });
  expect(await refused(alice.pulls.merge(pr))).toBe(405);
});

test("a conflict makes a pull request dirty and unmergeable", async () => {
  const alice = github.as("alice");
  const opened = await openPull(alice, "clash", "b.txt", "mine\n");
  await commit(alice, lib, "main", "b.txt", "theirs\n");
  const pr = { ...lib, pull_number: opened.number };
  expect((await alice.pulls.get(pr)).data).toMatchObject({
    mergeable: false,
    mergeable_state: "dirty",
    rebaseable: false,
  });
  expect(await refused(alice.pulls.merge(pr))).toBe(405);
});

test("rebase and merge methods give real commits", async () => {
  const alice = github.as("alice");
  const first = await openPull(alice, "rebased", "r1.txt", "1\n");
  await commit(alice, lib, "rebased", "r2.txt", "2\n");
  const second = await openPull(alice, "merged", "m.txt", "m\n");
  await alice.pulls.merge({ ...lib, pull_number: first.number, merge_method: "rebase" });
  const { data: rebased } = await alice.repos.listCommits({ ...lib, per_page: 2 });
  expect(rebased.map((found) => found.commit.message)).toEqual(["Change r2.txt", "Change r1.txt"]);
  await alice.pulls.merge({ ...lib, pull_number: second.number, merge_method: "merge" });
  const { data: tip } = await alice.repos.getCommit({ ...lib, ref: "heads/main" });
  expect(tip.parents).toHaveLength(2);
  expect(tip.commit.message).toBe(`Merge pull request #${second.number} from acme/merged\n\nChange m.txt`);
});

test("who cannot be assigned is dropped, who cannot review makes a 422", async () => {
  const alice = github.as("alice");
  const opened = await openPull(alice, "people", "p.txt", "p\n");
  const issue = { ...lib, issue_number: opened.number };
  const { data } = await alice.issues.addAssignees({ ...issue, assignees: ["bob", "mallory", "nobody"] });
  expect(data?.assignees?.map((user) => user.login)).toEqual(["bob"]);
  const pr = { ...lib, pull_number: opened.number };
  expect(await refused(alice.pulls.requestReviewers({ ...pr, reviewers: ["bob", "mallory"] }))).toBe(422);
  const asked = await alice.pulls.requestReviewers({
    ...pr,
    reviewers: ["bob", "carol"],
    team_reviewers: ["reviewers"],
  });
  expect(asked.data.requested_reviewers?.map((user) => user.login)).toEqual(["bob", "carol"]);
  expect(asked.data.requested_teams?.map((team) => team.slug)).toEqual(["reviewers"]);
  const events = await alice.paginate(alice.issues.listEvents, issue);
  expect(events.map((event) => event.event)).toEqual([
    "assigned",
    "review_requested",
    "review_requested",
    "review_requested",
  ]);
  const timeline = await alice.paginate(alice.issues.listEventsForTimeline, issue);
  expect(timeline.map((event) => event.event)).toContain("committed");
});

test("statuses and check runs decide the merge state, protection is enforced", async () => {
  const alice = github.as("alice");
  const bot = github.as("bot");
  const opened = await openPull(alice, "checked", "c.txt", "c\n");
  const sha = opened.head.sha;
  await bot.repos.createCommitStatus({
    ...lib,
    sha,
    state: "pending",
    context: "unit",
    description: "Job triggered.",
  });
  const pr = { ...lib, pull_number: opened.number };
  expect((await alice.pulls.get(pr)).data.mergeable_state).toBe("unstable");
  await bot.repos.createCommitStatus({
    ...lib,
    sha,
    state: "success",
    context: "unit",
    target_url: "http://x.test/",
  });
  const { data: combined } = await alice.repos.getCombinedStatusForRef({ ...lib, ref: sha });
  expect(combined).toMatchObject({
    state: "success",
    total_count: 1,
    statuses: [{ context: "unit", state: "success" }],
  });
  expect((await alice.repos.listCommitStatusesForRef({ ...lib, ref: sha })).data.map((s) => s.state)).toEqual(
    ["success", "pending"],
  );
  expect(await refused(bot.checks.create({ ...lib, name: "lint", head_sha: sha }))).toBe(403);
  const checker = await installedApp(github, { checks: "write" });
  const { data: run } = await checker.checks.create({ ...lib, name: "lint", head_sha: sha });
  await checker.checks.update({
    ...lib,
    check_run_id: run.id,
    conclusion: "success",
    output: { title: "t", summary: "s" },
  });
  expect((await alice.checks.listForRef({ ...lib, ref: "checked" })).data.check_runs[0]).toMatchObject({
    name: "lint",
    conclusion: "success",
  });
  expect((await alice.pulls.get(pr)).data.mergeable_state).toBe("clean");
  await alice.repos.updateBranchProtection({
    ...lib,
    branch: "main",
    required_status_checks: { strict: false, contexts: ["e2e"] },
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null,
  });
  expect((await alice.pulls.get(pr)).data.mergeable_state).toBe("blocked");
  expect(await refused(alice.pulls.merge(pr))).toBe(405);
  expect((await alice.repos.getBranch({ ...lib, branch: "main" })).data.protected).toBe(true);
  await alice.repos.deleteBranchProtection({ ...lib, branch: "main" });
});

test("git data: blobs, trees, commits, refs and comparisons", async () => {
  const alice = github.as("alice");
  const { data: main } = await alice.git.getRef({ ...lib, ref: "heads/main" });
  const { data: blob } = await alice.git.createBlob({ ...lib, content: "new\n" });
  const { data: tree } = await alice.git.createTree({
    ...lib,
    base_tree: main.object.sha,
    tree: [{ path: "new/file.txt", mode: "100644", type: "blob", sha: blob.sha }],
  });
  const { data: made } = await alice.git.createCommit({
    ...lib,
    message: "by hand",
    tree: tree.sha,
    parents: [main.object.sha],
  });
  await alice.git.createRef({ ...lib, ref: "refs/heads/by-hand", sha: made.sha });
  const { data: range } = await alice.repos.compareCommitsWithBasehead({
    ...lib,
    basehead: "main...by-hand",
  });
  expect(range).toMatchObject({
    status: "ahead",
    ahead_by: 1,
    files: [{ filename: "new/file.txt", status: "added" }],
  });
  const { data: whole } = await alice.git.getTree({ ...lib, tree_sha: "by-hand", recursive: "1" });
  expect(whole.tree.map((entry) => entry.path)).toContain("new/file.txt");
  expect(await refused(alice.git.updateRef({ ...lib, ref: "heads/by-hand", sha: "f".repeat(40) }))).toBe(422);
  await alice.git.deleteRef({ ...lib, ref: "heads/by-hand" });
  expect(await refused(alice.git.getRef({ ...lib, ref: "heads/by-hand" }))).toBe(404);
  const { data: raw } = await alice.repos.getContent({
    ...lib,
    path: "README.md",
    mediaType: { format: "raw" },
  });
  expect(raw).toBe("# lib\n");
  expect((await alice.repos.getContent({ ...lib, path: "src" })).data).toMatchObject([
    { type: "file", path: "src/a.txt" },
  ]);
});

test("people, teams and permissions", async () => {
  const alice = github.as("alice");
  const permission = async (username: string) =>
    (await alice.repos.getCollaboratorPermissionLevel({ ...lib, username })).data.permission;
  expect(await permission("alice")).toBe("admin");
  expect(await permission("carol")).toBe("write");
  expect(await permission("mallory")).toBe("read");
  expect((await alice.orgs.checkMembershipForUser({ org: "acme", username: "bob" })).status).toBe(204);
  expect(await refused(alice.orgs.checkMembershipForUser({ org: "acme", username: "mallory" }))).toBe(404);
  expect(
    (await alice.teams.listMembersInOrg({ org: "acme", team_slug: "reviewers" })).data.map((m) => m.login),
  ).toEqual(["bob"]);
  const mallory = github.as("mallory");
  expect(await refused(mallory.issues.addLabels({ ...lib, issue_number: 1, labels: ["lgtm"] }))).toBe(403);
  expect(await refused(mallory.repos.update({ ...lib, description: "mine" }))).toBe(404);
  expect(await refused(mallory.pulls.merge({ ...lib, pull_number: 1 }))).toBe(404);
  expect((await alice.users.getAuthenticated()).data.login).toBe("alice");
  // As Prow's invitations-accepter asks.
  const bob = github.as("bob");
  expect((await bob.orgs.listMembershipsForAuthenticatedUser()).data).toMatchObject([
    { role: "member", state: "active", organization: { login: "acme" } },
  ]);
  expect((await bob.orgs.listMembershipsForAuthenticatedUser({ state: "pending" })).data).toEqual([]);
  expect((await bob.repos.listInvitationsForAuthenticatedUser()).data).toEqual([]);
});

test("a fork's pull request follows the fork, closes when its branch goes", async () => {
  const mallory = github.as("mallory");
  const { data: fork } = await mallory.repos.createFork(lib);
  expect(fork).toMatchObject({ full_name: "mallory/lib", fork: true, parent: { full_name: "acme/lib" } });
  const mine = { owner: "mallory", repo: "lib" };
  const { data: main } = await mallory.git.getRef({ ...mine, ref: "heads/main" });
  await mallory.git.createRef({ ...mine, ref: "refs/heads/gift", sha: main.object.sha });
  await commit(mallory, mine, "gift", "gift.txt", "1\n");
  const { data: pr } = await mallory.pulls.create({
    ...lib,
    title: "Gift",
    head: "mallory:gift",
    base: "main",
  });
  expect(pr).toMatchObject({
    head: { label: "mallory:gift", repo: { full_name: "mallory/lib" } },
    author_association: "NONE",
  });
  const sha = await commit(mallory, mine, "gift", "gift.txt", "2\n");
  expect((await mallory.pulls.get({ ...lib, pull_number: pr.number })).data).toMatchObject({
    head: { sha },
    commits: 2,
  });
  expect((await mallory.git.getRef({ ...lib, ref: `pull/${pr.number}/head` })).data.object.sha).toBe(sha);
  await mallory.git.deleteRef({ ...mine, ref: "heads/gift" });
  expect((await mallory.pulls.get({ ...lib, pull_number: pr.number })).data.state).toBe("closed");
});

test("search understands what bots ask", async () => {
  const alice = github.as("alice");
  await openPull(alice, "searched", "s.txt", "s\n");
  const find = async (q: string) =>
    (await alice.search.issuesAndPullRequests({ q, advanced_search: "true" })).data.items.map(
      (item) => item.title,
    );
  expect(await find('is:pr state:open repo:"acme/lib" head:searched -label:lgtm')).toEqual(["Change s.txt"]);
  expect(await find("is:pr is:merged org:acme label:lgtm author:alice")).toEqual(["Change src/a.txt"]);
  expect(await find("is:issue org:acme")).toEqual([]);
  expect(await find("is:pr head:searched review:none draft:false base:main archived:false")).toEqual([
    "Change s.txt",
  ]);
  expect(await find("is:pr head:searched updated:<2000-01-01")).toEqual([]);
});
