// What the pages' forms do, each as the person who was chosen: through the same acts as the API.
import { atLeast, can, roleOf } from "../access.ts";
import { createComment } from "../acts/comments.ts";
import { setState } from "../acts/issues.ts";
import { mergePull } from "../acts/merge.ts";
import { openPull } from "../acts/pulls.ts";
import { requestAction, rerequestRun } from "../acts/reports.ts";
import { commitToBranch, fork } from "../acts/repositories.ts";
import { ApiError, notFound } from "../api-error.ts";
import { ISSUES } from "../call.ts";
import type { Account, CheckRun, Issue, Repo } from "../records.ts";
import { account, fullName, gitOf, isPull, type PullRequest, repoNamed, secret } from "../world.ts";
import { people, type Visit } from "./layout.ts";

export type Form = Record<string, string>;

const actorOf = ({ me }: Visit): Account => {
  if (!me) throw new ApiError(403, "Choose who you are first.");
  return me;
};

/** Browsers send line ends as CRLF; files here have LF, and keep their last one. */
const asFile = (text: string): string => text.replace(/\r\n/g, "\n").replace(/(?<!\n)$/, "\n");

const forbid = (what: string, login: string): ApiError => new ApiError(403, `${login} may not ${what}.`);

export function comment(visit: Visit, issue: Issue, form: Form): void {
  const chosen = form["as"] ? account(visit.world, form["as"]) : actorOf(visit);
  if (!chosen || !people(visit.world).includes(chosen)) throw notFound();
  createComment(visit.world, issue, chosen.login, (form["body"] ?? "").replace(/\r\n/g, "\n"));
}

export async function changeState(visit: Visit, repo: Repo, issue: Issue, form: Form): Promise<void> {
  const me = actorOf(visit);
  if (issue.user !== me.login && !can(visit.world, { account: me, key: "" }, repo, ISSUES))
    throw forbid("close or reopen this", me.login);
  await setState(visit.world, issue, me.login, form["state"] ?? "");
}

export async function merge(visit: Visit, repo: Repo, pr: PullRequest, form: Form): Promise<void> {
  const me = actorOf(visit);
  if (!atLeast(roleOf(visit.world, repo, me.login), "push")) throw forbid("merge this", me.login);
  await mergePull(visit.world, pr, me.login, { method: form["method"] ?? "merge" });
}

/** What the buttons beside a check run ask of the App that reported it. */
export function press(visit: Visit, repo: Repo, run: CheckRun, form: Form): void {
  const me = actorOf(visit);
  if (!atLeast(roleOf(visit.world, repo, me.login), "push")) throw forbid("do that", me.login);
  const identifier = form["identifier"] ?? "";
  if (identifier) requestAction(visit.world, run, me.login, identifier);
  else rerequestRun(visit.world, run, me.login);
}

/** Commits one file to the pull request's head, as its author. */
export async function pushFix(visit: Visit, pr: PullRequest, form: Form): Promise<void> {
  const { world } = visit;
  const head = pr.pull.head_repo ? repoNamed(world, pr.pull.head_repo) : undefined;
  const path = form["path"] ?? "";
  if (!head || pr.state === "closed") throw notFound();
  if (!(await gitOf(world, head).entry(pr.pull.head_sha, path))) throw notFound();
  await commitToBranch(world, head, pr.user, {
    branch: pr.pull.head,
    files: { [path]: asFile(form["content"] ?? "") },
    message: form["message"] || `Fix ${path}`,
  });
}

/** Edits a file on a new branch (of a fork, for who may not push) and opens a pull request with it. */
export async function proposeEdit(visit: Visit, repo: Repo, form: Form): Promise<PullRequest> {
  const { world } = visit;
  const me = actorOf(visit);
  const path = form["path"] ?? "";
  const base = form["base"] ?? repo.default_branch;
  const start = await gitOf(world, repo).branch(base);
  if (!start || !(await gitOf(world, repo).entry(start, path))) throw notFound();
  const mayPush = atLeast(roleOf(world, repo, me.login), "push");
  const headRepo = mayPush ? repo : await fork(world, repo, me.login);
  if (headRepo.id !== repo.id)
    await gitOf(world, headRepo).run(["fetch", "--quiet", gitOf(world, repo).directory, start]);
  const branch =
    `${me.login}-${path.split("/").at(-1)?.replace(/\W+/g, "-")}-${secret(world, 4)}`.toLowerCase();
  const title = form["title"] || `Change ${path}`;
  const files = { [path]: asFile(form["content"] ?? "") };
  await commitToBranch(world, headRepo, me.login, { branch, files, message: title, from: start });
  const body = form["body"]?.trim() ? form["body"].replace(/\r\n/g, "\n") : null;
  return openPull(world, repo, me.login, {
    title,
    body,
    base,
    headRepo,
    head: branch,
    draft: false,
    maintainerCanModify: true,
  });
}

export const pathOf = (repo: Repo, issue: Issue): string =>
  `/${fullName(repo)}/${isPull(issue) ? "pull" : "issues"}/${issue.number}`;
