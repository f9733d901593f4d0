// The reads of the GitHub port over REST and GraphQL.
import {
  type BranchProtection,
  type Commit,
  normaliseLogin,
  type Permission,
  type RepoRef,
  type StatusState,
} from "../model/github.ts";
import * as decode from "../model/github-decode.ts";
import type { Api } from "./api.ts";
import { blobBytes, directory, fileBytes, filePaths } from "./contents.ts";
import { orNotFound } from "./error.ts";
import type { GitHubRead } from "./port.ts";
import { ISSUE, inIssue, inRepo, PULL, REPO } from "./routes.ts";

/** Answers, and whole lists, decoded. */
const decoding = (api: Api) => ({
  one: async <T>(org: string, route: string, parameters: object, read: (from: decode.Json) => T) =>
    read(decode.json(await api.call(org, route, { ...parameters }))),
  many: async <T>(
    org: string,
    route: string,
    parameters: object,
    read: (from: decode.Json) => T,
    key?: string,
  ) =>
    (await api.all(org, route, { ...parameters }, key)).map((item, at) => read(decode.json(item, `[${at}]`))),
});

export function reads(api: Api, botLogin: () => Promise<string>): GitHubRead {
  const { many, one } = decoding(api);
  return {
    botLogin,
    ...ofCommits(api),
    repository: (ref) => one(ref.org, `GET ${REPO}`, inRepo(ref), decode.repository),
    branchSHA: (ref, branch) => branchSHA(api, ref, branch),
    issue: (ref) => one(ref.org, `GET ${ISSUE}`, inIssue(ref), decode.issue),
    pullRequest: (ref) => one(ref.org, `GET ${PULL}`, inIssue(ref), decode.pullRequest),
    pullRequestsFrom: (ref, head, base) =>
      many(ref.org, `GET ${REPO}/pulls`, { ...inRepo(ref), head, base, state: "open" }, decode.pullRequest),
    changedFiles: (ref) => many(ref.org, `GET ${PULL}/files`, inIssue(ref), changedFile),
    pullRequestCommits: (ref) => many(ref.org, `GET ${PULL}/commits`, inIssue(ref), listedCommit),
    matchingRefs: (ref, prefix) =>
      many(ref.org, `GET ${REPO}/git/matching-refs/{+prefix}`, { ...inRepo(ref), prefix }, refName),
    milestones: (ref) => many(ref.org, `GET ${REPO}/milestones`, inRepo(ref), decode.milestone),
    issueLabels: (ref) => many(ref.org, `GET ${ISSUE}/labels`, inIssue(ref), decode.label),
    repositoryLabels: (ref) => many(ref.org, `GET ${REPO}/labels`, inRepo(ref), decode.label),
    comments: (ref) => many(ref.org, `GET ${ISSUE}/comments`, inIssue(ref), decode.issueComment),
    reviews: (ref) => many(ref.org, `GET ${PULL}/reviews`, inIssue(ref), decode.review),
    reviewComments: (ref) => many(ref.org, `GET ${PULL}/comments`, inIssue(ref), decode.reviewComment),
    issueEvents: (ref) => many(ref.org, `GET ${ISSUE}/events`, inIssue(ref), issueEvent),
    branchMoves: (ref, branch, org) => branchMoves(api, ref, branch, org),
    async isMember(org, login) {
      // A user is a member of the account that is theirs.
      if (normaliseLogin(org) === normaliseLogin(login)) return true;
      return api.exists(org, "GET /orgs/{org}/members/{login}", { org, login });
    },
    isCollaborator: (ref, login) =>
      api.exists(ref.org, `GET ${REPO}/collaborators/{login}`, { ...inRepo(ref), login }),
    permission: (ref, login) => permission(api, ref, login),
    collaborators: (ref) => many(ref.org, `GET ${REPO}/collaborators`, inRepo(ref), decode.user),
    isTeamMember: (org, team, login) => isTeamMember(api, org, team, login),
    teamMembers: (org, team) => many(org, `GET ${teamPath(team)}/members`, { org, team }, decode.user),
    branchProtection: (ref, branch) => branchProtection(api, ref, branch),
    file: async (ref, path, at) => (await fileBytes(api, ref, path, at))?.toString("utf8"),
    fileBytes: (ref, path, at) => fileBytes(api, ref, path, at),
    tree: (ref, at) => filePaths(api, ref, at),
    directory: (ref, sha, depth) => directory(api, ref, sha, depth),
    blob: async (ref, sha) => (await blobBytes(api, ref, sha)).toString("utf8"),
    repositories: (org) => repositories(api, org),
    searchIssues: (query) => searchIssues(api, query),
    graphql: (query, variables, org) => api.graphql(org, query, variables),
  };
}

/** Of commits, and of what runs for them. */
function ofCommits(api: Api) {
  const { many, one } = decoding(api);
  return {
    commit: (ref, sha) => one(ref.org, `GET ${REPO}/git/commits/{sha}`, { ...inRepo(ref), sha }, commit),
    commitsBetween: (ref, base, head) =>
      many(
        ref.org,
        `GET ${REPO}/compare/{range}`,
        { ...inRepo(ref), range: `${base}...${head}` },
        listedCommit,
        "commits",
      ),
    mergeBase: (ref, base, head) => mergeBase(api, ref, base, head),
    statuses: (ref, sha) =>
      many(ref.org, `GET ${REPO}/commits/{sha}/status`, { ...inRepo(ref), sha }, status, "statuses"),
    statusHistory: (ref, sha) =>
      many(ref.org, `GET ${REPO}/commits/{sha}/statuses`, { ...inRepo(ref), sha }, status),
    workflowRuns: (ref, sha) =>
      many(
        ref.org,
        `GET ${REPO}/actions/runs`,
        { ...inRepo(ref), head_sha: sha },
        workflowRun,
        "workflow_runs",
      ),
    workflowRun: (ref, id) =>
      one(ref.org, `GET ${REPO}/actions/runs/{id}`, { ...inRepo(ref), id }, workflowRun),
    checkRuns: (ref, sha, name) =>
      many(
        ref.org,
        `GET ${REPO}/commits/{sha}/check-runs`,
        { ...inRepo(ref), sha, ...(name !== undefined && { check_name: name, filter: "all" }) },
        decode.checkRun,
        "check_runs",
      ),
  } satisfies Partial<GitHubRead>;
}

const commit = (from: decode.Json): Commit => ({
  sha: decode.text(from, "sha"),
  message: decode.text(from, "message"),
  tree: decode.text(decode.child(from, "tree"), "sha"),
  parents: decode.items(from, "parents", (parent) => decode.text(parent, "sha")),
});

/** In lists the message and the tree are below `commit`. */
const listedCommit = (from: decode.Json): Commit => {
  const inner = decode.child(from, "commit");
  return {
    sha: decode.text(from, "sha"),
    message: decode.text(inner, "message", ""),
    tree: decode.has(inner, "tree") ? decode.text(decode.child(inner, "tree"), "sha") : "",
    parents: decode.items(from, "parents", (parent) => decode.text(parent, "sha")),
    ...(decode.has(from, "author") && { author: decode.text(decode.child(from, "author"), "login", "") }),
  };
};

const changedFile = (from: decode.Json) => ({
  filename: decode.text(from, "filename"),
  status: decode.text(from, "status") as "modified",
  additions: decode.whole(from, "additions", 0),
  deletions: decode.whole(from, "deletions", 0),
  changes: decode.whole(from, "changes", 0),
  ...(decode.has(from, "previous_filename") && { previous_filename: decode.text(from, "previous_filename") }),
  ...(decode.has(from, "patch") && { patch: decode.text(from, "patch") }),
  ...(decode.has(from, "sha") && { sha: decode.text(from, "sha") }),
  ...(decode.has(from, "blob_url") && { blob_url: decode.text(from, "blob_url") }),
});

const issueEvent = (from: decode.Json) => ({
  event: decode.text(from, "event"),
  actor: decode.has(from, "actor") ? decode.user(decode.child(from, "actor")) : null,
  ...(decode.has(from, "label") && { label: decode.label(decode.child(from, "label")) }),
  created_at: decode.text(from, "created_at", ""),
});

const status = (from: decode.Json) => ({
  context: decode.text(from, "context"),
  state: decode.text(from, "state") as StatusState,
  description: decode.text(from, "description", ""),
  target_url: decode.text(from, "target_url", ""),
});

const workflowRun = (from: decode.Json) => ({
  id: decode.whole(from, "id"),
  name: decode.text(from, "name", ""),
  event: decode.text(from, "event"),
  status: decode.text(from, "status", ""),
  conclusion: decode.has(from, "conclusion") ? decode.text(from, "conclusion") : null,
  run_attempt: decode.whole(from, "run_attempt", 1),
});

const refName = (from: decode.Json): string => decode.text(from, "ref").replace(/^refs\//, "");

/** One page: who asks wants to know of the last moves. */
async function branchMoves(api: Api, ref: RepoRef, branch: string, org: string) {
  const parameters = { ...inRepo(ref), ref: `refs/heads/${branch}`, direction: "desc", per_page: 100 };
  const found = await api.call(org, `GET ${REPO}/activity`, parameters);
  return decode.items(decode.json({ moves: found }), "moves", (move) => ({
    after: decode.text(move, "after"),
    timestamp: decode.text(move, "timestamp"),
  }));
}

async function branchSHA(api: Api, ref: RepoRef, branch: string): Promise<string | undefined> {
  const parameters = { ...inRepo(ref), branch };
  const found = await orNotFound(api.call(ref.org, `GET ${REPO}/git/ref/heads/{+branch}`, parameters));
  return found === undefined ? undefined : decode.text(decode.child(decode.json(found), "object"), "sha");
}

/** The second page of the comparison is asked for: only the first one lists the changed files, which nobody needs here. */
async function mergeBase(api: Api, ref: RepoRef, base: string, head: string): Promise<string | undefined> {
  const parameters = { ...inRepo(ref), range: `${base}...${head}`, per_page: 1, page: 2 };
  const found = await orNotFound(api.call(ref.org, `GET ${REPO}/compare/{range}`, parameters));
  return found === undefined
    ? undefined
    : decode.text(decode.child(decode.json(found), "merge_base_commit"), "sha");
}

async function branchProtection(
  api: Api,
  ref: RepoRef,
  branch: string,
): Promise<BranchProtection | undefined> {
  const route = `GET ${REPO}/branches/{branch}/protection`;
  const found = await orNotFound(api.call(ref.org, route, { ...inRepo(ref), branch }));
  if (!found) return undefined;
  const protection = decode.json(found);
  const checks = decode.has(protection, "required_status_checks")
    ? decode.words(decode.child(protection, "required_status_checks"), "contexts")
    : [];
  return { contexts: checks };
}

/** `permission` knows no maintain and triage; `role_name` does, but may be a custom role. */
async function permission(api: Api, ref: RepoRef, login: string): Promise<Permission> {
  const route = `GET ${REPO}/collaborators/{login}/permission`;
  const found = await orNotFound(api.call(ref.org, route, { ...inRepo(ref), login }));
  if (!found) return "none";
  const role = decode.text(decode.json(found), "role_name", "");
  const known = role === "maintain" || role === "triage";
  return (known ? role : decode.text(decode.json(found), "permission")) as Permission;
}

async function searchIssues(api: Api, q: string) {
  const org = /\b(?:org|user|repo):"?([^\s/"]+)/.exec(q)?.[1] ?? "";
  const parameters = { q, per_page: 100 };
  const first = decode.json(await api.call(org, "GET /search/issues", parameters));
  const total = decode.whole(first, "total_count");
  if (total <= 100) return { total, items: decode.items(first, "items", decode.issue) };
  const items = await decoding(api).many(org, "GET /search/issues", parameters, decode.issue, "items");
  return { total, items };
}

const teamPath = (team: string | number): string =>
  typeof team === "number" ? "/teams/{team}" : "/orgs/{org}/teams/{team}";

async function isTeamMember(api: Api, org: string, team: string, login: string): Promise<boolean> {
  const route = "GET /orgs/{org}/teams/{team}/memberships/{login}";
  const found = await orNotFound(api.call(org, route, { org, team, login }));
  return found !== undefined && decode.text(decode.json(found), "state") === "active";
}

/** An account is an organisation or, when there is none of that name, a user. */
async function repositories(api: Api, org: string) {
  const list = (kind: string) =>
    decoding(api).many(org, `GET /${kind}/{org}/repos`, { org }, decode.repository);
  return (await orNotFound(list("orgs"))) ?? (await list("users"));
}
