// A tour of the endpoints: every response has the shape that GitHub's OpenAPI description gives it.
import { readFileSync } from "node:fs";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commit, lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

/** Made by scripts/openapi-subset.ts. */
const description = JSON.parse(
  readFileSync(new URL("../../fixtures/github-openapi.json", import.meta.url), "utf8"),
) as {
  responses: Record<string, object>;
};

let github: TestGitHub;
const seen = new Set<string>();
const faults = new Set<string>();
const ajv = new Ajv({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
ajv.addSchema(description, "github");

/** Where the description says what GitHub itself does not do. */
const WRONG_DESCRIPTION = [
  // An account there is a user and an enterprise at once.
  /^GET \/app\/installations 200 \/N\/account /,
  // In lists of pull requests a label without description has null, as everywhere else.
  /\/labels\/N\/description must be string/,
];

/** Watches what an Octokit is answered. */
function watch(octokit: Octokit): Octokit {
  octokit.hook.after("request", (response, options) => {
    const endpoint = `${options.method} ${options.url} ${response.status}`;
    const validate =
      endpoint in description.responses && ajv.getSchema(`github#/responses/${pointer(endpoint)}`);
    if (!validate) return;
    seen.add(endpoint);
    if (validate(response.data)) return;
    for (const error of validate.errors ?? [])
      faults.add(
        `${endpoint} ${error.instancePath.replace(/\d+/g, "N")} ${error.message} ${JSON.stringify(error.params)}`,
      );
  });
  return octokit;
}

const pointer = (key: string): string => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));

beforeAll(async () => {
  github = await testGitHub();
});
afterAll(() => github.close());

async function tourRepository(alice: Octokit): Promise<void> {
  await alice.repos.get(lib);
  await alice.repos.update({ ...lib, description: "A library" });
  await alice.repos.listForOrg({ org: "acme" });
  await watch(github.as("mallory")).repos.createFork(lib);
  await alice.repos.listCollaborators(lib);
  await alice.repos.getCollaboratorPermissionLevel({ ...lib, username: "bob" });
  await alice.repos.updateBranchProtection({
    ...lib,
    branch: "main",
    required_status_checks: { strict: true, contexts: ["x"] },
    enforce_admins: false,
    required_pull_request_reviews: {},
    restrictions: null,
  });
  await alice.repos.listBranches(lib);
  await alice.repos.getBranch({ ...lib, branch: "main" });
  await alice.repos.deleteBranchProtection({ ...lib, branch: "main" });
  await alice.repos.listTags(lib);
  await alice.issues.listLabelsForRepo(lib);
  await alice.issues.createLabel({ ...lib, name: "new", color: "abcdef" });
  await alice.issues.listMilestones(lib);
}

async function tourGit(alice: Octokit): Promise<void> {
  const { data: main } = await alice.git.getRef({ ...lib, ref: "heads/main" });
  const { data: blob } = await alice.git.createBlob({ ...lib, content: "x" });
  const { data: tree } = await alice.git.createTree({
    ...lib,
    base_tree: main.object.sha,
    tree: [{ path: "x", mode: "100644", type: "blob", sha: blob.sha }],
  });
  const { data: made } = await alice.git.createCommit({
    ...lib,
    message: "x",
    tree: tree.sha,
    parents: [main.object.sha],
  });
  await alice.git.createRef({ ...lib, ref: "refs/tags/v1", sha: made.sha });
  await alice.git.getTree({ ...lib, tree_sha: "main" });
  await alice.repos.listCommits(lib);
  await alice.repos.getCommit({ ...lib, ref: "main" });
  await alice.repos.compareCommitsWithBasehead({ ...lib, basehead: "main...dev" });
  await commit(alice, lib, "dev", "dev.txt", "changed\n");
  await alice.repos.listTags(lib);
}

async function tourPull(alice: Octokit, bob: Octokit): Promise<void> {
  const opened = await openPull(alice, "tour", "t.txt", "1\n");
  const pr = { ...lib, pull_number: opened.number };
  const issue = { ...lib, issue_number: opened.number };
  await alice.issues.update({ ...issue, milestone: 1 });
  await alice.issues.addAssignees({ ...issue, assignees: ["bob"] });
  await alice.issues.addLabels({ ...issue, labels: ["lgtm"] });
  await alice.issues.listLabelsOnIssue(issue);
  await alice.pulls.requestReviewers({ ...pr, reviewers: ["bob"], team_reviewers: ["reviewers"] });
  const { data: comment } = await alice.issues.createComment({ ...issue, body: "hello" });
  await alice.issues.updateComment({ ...lib, comment_id: comment.id, body: "there" });
  await alice.issues.listComments(issue);
  await bob.pulls.createReview({ ...pr, event: "APPROVE" });
  await bob.pulls.listReviews(pr);
  await bob.pulls.createReviewComment({
    ...pr,
    body: "b",
    path: "t.txt",
    line: 1,
    commit_id: opened.head.sha,
  });
  const sha = opened.head.sha;
  await alice.repos.createCommitStatus({ ...lib, sha, state: "success", context: "unit" });
  await alice.repos.listCommitStatusesForRef({ ...lib, ref: sha });
  await alice.repos.getCombinedStatusForRef({ ...lib, ref: sha });
  await alice.pulls.list(lib);
  await alice.pulls.update({ ...pr, title: "Tour" });
  await alice.pulls.get(pr);
  await alice.pulls.listFiles(pr);
  await alice.pulls.listCommits(pr);
  await alice.pulls.merge(pr);
  await alice.pulls.get(pr);
  await alice.issues.get(issue);
  await alice.issues.create({ ...lib, title: "An issue" });
  await alice.issues.listForRepo({ ...lib, state: "all" });
  await alice.search.issuesAndPullRequests({ q: "is:pr org:acme", advanced_search: "true" });
}

async function tourPeople(alice: Octokit): Promise<void> {
  await alice.rateLimit.get();
  await alice.users.getAuthenticated();
  await alice.users.getByUsername({ username: "bob" });
  await alice.orgs.get({ org: "acme" });
  await alice.orgs.listMembers({ org: "acme" });
  await alice.orgs.getMembershipForUser({ org: "acme", username: "bob" });
  await alice.teams.list({ org: "acme" });
  await alice.teams.getByName({ org: "acme", team_slug: "reviewers" });
  await alice.teams.listMembersInOrg({ org: "acme", team_slug: "reviewers" });
}

async function tourApp(alice: Octokit): Promise<void> {
  const { data: hook } = await alice.orgs.createWebhook({
    org: "acme",
    name: "web",
    config: { url: "http://127.0.0.1:9/none", secret: "s", content_type: "json" },
  });
  await github.settled();
  await alice.orgs.listWebhooks({ org: "acme" });
  const { data: deliveries } = await alice.orgs.listWebhookDeliveries({ org: "acme", hook_id: hook.id });
  await alice.orgs.getWebhookDelivery({
    org: "acme",
    hook_id: hook.id,
    delivery_id: deliveries[0]?.id as number,
  });
  const app = await github.admin("apps", {
    name: "Tourist",
    owner: "alice",
    permissions: { checks: "write" },
    installations: [{ account: "acme" }],
  });
  const auth = { appId: app["id"] as number, privateKey: app["pem"] as string };
  const asApp = watch(new Octokit({ baseUrl: github.url, authStrategy: createAppAuth, auth }));
  await asApp.apps.getAuthenticated();
  const { data: installations } = await asApp.apps.listInstallations();
  await asApp.apps.getRepoInstallation(lib);
  const installation_id = installations[0]?.id as number;
  const { data } = await asApp.apps.createInstallationAccessToken({ installation_id, repositories: ["lib"] });
  const bot = watch(new Octokit({ baseUrl: github.url, auth: data.token }));
  await bot.apps.listReposAccessibleToInstallation();
  const { data: main } = await bot.git.getRef({ ...lib, ref: "heads/main" });
  await bot.checks.create({ ...lib, name: "lint", head_sha: main.object.sha, conclusion: "success" });
  await bot.checks.listForRef({ ...lib, ref: "main" });
}

test("every response is as GitHub describes it", async () => {
  const alice = watch(github.as("alice"));
  await tourRepository(alice);
  await tourGit(alice);
  await tourPull(alice, watch(github.as("bob")));
  await tourPeople(alice);
  await tourApp(alice);
  const real = [...faults].filter((fault) => !WRONG_DESCRIPTION.some((known) => known.test(fault)));
  expect(real).toEqual([]);
  expect(Object.keys(description.responses).filter((endpoint) => !seen.has(endpoint))).toEqual([]);
});
