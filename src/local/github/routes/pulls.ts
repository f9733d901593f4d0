// REST: pull requests, their files and commits, merging, requested reviewers.
import { can } from "../access.ts";
import { editText, setState } from "../acts/issues.ts";
import { mergePull } from "../acts/merge.ts";
import {
  openPull,
  requestReviewers,
  setBase,
  setDraft,
  unrequestReviewers,
  updateBranch,
} from "../acts/pulls.ts";
import { ApiError, invalid, notFound } from "../api-error.ts";
import {
  type Call,
  CONTENTS,
  created,
  type Handler,
  none,
  ok,
  PULLS,
  paged,
  type Route,
  route,
} from "../call.ts";
import { diffText, EMPTY_TREE, patchText } from "../git/diff.ts";
import { commitsOf, filesOf, forkPoint } from "../git/pull-data.ts";
import { restTeam, user } from "../present/account.ts";
import { commit as presentCommit, file as presentFile } from "../present/commit.ts";
import { restListedPull, restPull } from "../present/pull.ts";
import type { Repo } from "../records.ts";
import { findRepo, findTeam, fullName, gitOf, type PullRequest, pullsOf } from "../world.ts";
import { ordered } from "./issue-filter.ts";

const list: Handler = (call) => {
  const { world, repo, query } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head")?.toLowerCase();
  const base = query.get("base");
  const found = pullsOf(world, repo)
    .filter((pr) => state === "all" || pr.state === state)
    .filter((pr) => !base || pr.pull.base === base)
    .filter((pr) => !head || `${pr.pull.head_repo?.split("/")[0]}:${pr.pull.head}`.toLowerCase() === head);
  return paged(call, ordered(found, query), (pr) => restListedPull(world, pr));
};

const get: Handler = async (call) => {
  const { world, pull, repo, accept } = call;
  if (/\.(diff|patch)\b/.test(accept)) {
    const from = (await forkPoint(world, pull)) ?? EMPTY_TREE;
    const make = accept.includes(".patch") ? patchText : diffText;
    const content = await make(gitOf(world, repo), from, pull.pull.head_sha);
    return { status: 200, raw: { type: "text/plain; charset=utf-8", content } };
  }
  return ok(await restPull(world, pull));
};

/** `branch`, `owner:branch`, with `head_repo` when the fork has another name. */
function headOf(call: Call, repo: Repo): { headRepo: Repo; head: string } {
  const wanted = call.requiredText("head", "PullRequest");
  const colon = wanted.indexOf(":");
  if (colon < 0) return { headRepo: repo, head: wanted };
  const owner = wanted.slice(0, colon);
  const head = wanted.slice(colon + 1);
  if (owner.toLowerCase() === repo.owner.toLowerCase()) return { headRepo: repo, head };
  const named = call.text("head_repo");
  const fork = named
    ? findRepo(call.world, owner, named.split("/").at(-1) as string)
    : call.world.store.repos.in(owner.toLowerCase()).find((found) => found.parent === fullName(repo));
  if (!fork) throw invalid("PullRequest", "head");
  return { headRepo: fork, head };
}

const create: Handler = async (call) => {
  const { world, repo } = call;
  const { login } = call.needAccount(["pull_requests"]);
  if (repo.archived) throw new ApiError(403, "Repository was archived so is read-only.");
  const pr = await openPull(world, repo, login, {
    title: call.requiredText("title", "PullRequest"),
    body: call.text("body") ?? null,
    base: call.requiredText("base", "PullRequest").replace(/^refs\/heads\//, ""),
    ...headOf(call, repo),
    draft: call.flag("draft") ?? false,
    maintainerCanModify: call.flag("maintainer_can_modify") ?? true,
  });
  return created(await restPull(world, pr));
};

const update: Handler = async (call) => {
  const { world, pull } = call;
  const { login } = call.needAccount(["pull_requests"]);
  if (pull.user !== login) call.need(PULLS);
  const title = call.text("title");
  await editText(world, pull, login, {
    ...(title === undefined ? {} : { title }),
    ...(call.has("body") ? { body: call.text("body") ?? null } : {}),
  });
  const base = call.text("base");
  if (base) await setBase(world, pull, login, base);
  const state = call.text("state");
  if (state) await setState(world, pull, login, state);
  const draft = call.flag("draft");
  if (draft !== undefined) await setDraft(world, pull, login, draft);
  return ok(await restPull(world, pull));
};

const files: Handler = async (call) => {
  const { world, pull, repo } = call;
  return paged(call, await filesOf(world, pull), (file) =>
    presentFile(world, repo, pull.pull.head_sha, file),
  );
};

const commits: Handler = async (call) => {
  const { world, pull, repo } = call;
  const git = gitOf(world, repo);
  return paged(call, await commitsOf(world, pull), async (sha) =>
    presentCommit(world, repo, await git.commit(sha)),
  );
};

const merge: Handler = async (call) => {
  const { world, pull, repo } = call;
  call.needAccount(["contents"]);
  if (!can(world, call.actor, repo, CONTENTS))
    throw call.actor.installation ? new ApiError(403, "Resource not accessible by integration") : notFound();
  const sha = await mergePull(world, pull, call.account.login, {
    sha: call.text("sha"),
    method: call.text("merge_method") ?? "merge",
    title: call.text("commit_title"),
    message: call.text("commit_message"),
  });
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
};

const isMerged: Handler = (call) => {
  if (!call.pull.pull.merged_at) throw notFound();
  return none;
};

const reviewersOf = (call: Call) => ({
  logins: call.texts("reviewers"),
  teams: call.texts("team_reviewers"),
});

const request: Handler = async (call) => {
  const { world, pull } = call;
  call.need(PULLS);
  await requestReviewers(world, pull, call.account.login, reviewersOf(call));
  return created(restListedPull(world, pull));
};

const unrequest: Handler = async (call) => {
  const { world, pull } = call;
  call.need(PULLS);
  await unrequestReviewers(world, pull, call.account.login, reviewersOf(call));
  return ok(restListedPull(world, pull));
};

const requested: Handler = (call) => {
  const { world, pull, repo } = call;
  const asked: PullRequest["pull"] = pull.pull;
  return ok({
    users: asked.requested_reviewers.map((login) => user(world, login)),
    teams: asked.requested_teams.flatMap((slug) => {
      const team = findTeam(world, repo.owner, slug);
      return team ? [restTeam(world, team)] : [];
    }),
  });
};

const bringUpToDate: Handler = async (call) => {
  const { world, pull } = call;
  const { login } = call.needAccount(["pull_requests", "contents"]);
  if (pull.user !== login) call.need(CONTENTS);
  await updateBranch(world, pull, login, call.text("expected_head_sha"));
  return {
    status: 202,
    body: { message: "Updating pull request branch.", url: restListedPull(world, pull).html_url },
  };
};

const REPO = "/repos/:owner/:repo";
const PULL = `${REPO}/pulls/:number{[0-9]+}`;

export const pullRoutes: Route[] = [
  route("GET", `${REPO}/pulls`, list),
  route("POST", `${REPO}/pulls`, create),
  route("GET", PULL, get),
  route("PATCH", PULL, update),
  route("GET", `${PULL}/files`, files),
  route("GET", `${PULL}/commits`, commits),
  route("GET", `${PULL}/merge`, isMerged),
  route("PUT", `${PULL}/merge`, merge),
  route("GET", `${PULL}/requested_reviewers`, requested),
  route("POST", `${PULL}/requested_reviewers`, request),
  route("DELETE", `${PULL}/requested_reviewers`, unrequest),
  route("PUT", `${PULL}/update-branch`, bringUpToDate),
];
