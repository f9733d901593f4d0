// REST: comments on issues and pull requests.
import { createComment, deleteComment, editComment } from "../acts/comments.ts";
import { notFound } from "../api-error.ts";
import { type Call, created, type Handler, ISSUES, none, ok, paged, type Route, route } from "../call.ts";
import { comment as present } from "../present/issue.ts";
import type { Comment } from "../records.ts";
import { issueKey } from "../world.ts";

const since = (call: Call, rows: Comment[]): Comment[] => {
  const from = call.query.get("since");
  return from ? rows.filter((row) => Date.parse(row.updated_at) >= Date.parse(from)) : rows;
};

const list: Handler = (call) => {
  const rows = since(call, call.world.store.comments.in(issueKey(call.issue)));
  return paged(call, rows, (row) => present(call.world, row));
};

const listOfRepo: Handler = (call) => {
  const { world, repo } = call;
  const rows = world.store.comments.all().filter((row) => row.repo === repo.id);
  if (call.query.get("direction") === "desc") rows.reverse();
  return paged(call, since(call, rows), (row) => present(world, row));
};

function one(call: Call): Comment {
  const found = call.world.store.comments.get(call.param("id"));
  if (found?.repo !== call.repo.id) throw notFound();
  return found;
}

const create: Handler = (call) => {
  const { world, issue } = call;
  const { login } = call.needAccount(["issues", "pull_requests"]);
  const made = createComment(world, issue, login, call.requiredText("body", "IssueComment"));
  return created(present(world, made));
};

/** One's own comments may always be changed, others' only with rights in the repository. */
function needChange(call: Call, found: Comment): string {
  const { login } = call.needAccount(["issues", "pull_requests"]);
  if (found.user !== login) call.need(ISSUES);
  return login;
}

const update: Handler = (call) => {
  const found = one(call);
  editComment(call.world, found, needChange(call, found), call.requiredText("body", "IssueComment"));
  return ok(present(call.world, found));
};

const remove: Handler = (call) => {
  const found = one(call);
  deleteComment(call.world, found, needChange(call, found));
  return none;
};

const REPO = "/repos/:owner/:repo";
const ONE = `${REPO}/issues/comments/:id{[0-9]+}`;

export const commentRoutes: Route[] = [
  route("GET", `${REPO}/issues/:number{[0-9]+}/comments`, list),
  route("POST", `${REPO}/issues/:number{[0-9]+}/comments`, create),
  route("GET", `${REPO}/issues/comments`, listOfRepo),
  route("GET", ONE, (call) => ok(present(call.world, one(call)))),
  route("PATCH", ONE, update),
  route("DELETE", ONE, remove),
];
