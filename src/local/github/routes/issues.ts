// REST: issues, their assignees, events, timeline and reactions.
import { assignable, can } from "../access.ts";
import {
  assign,
  editText,
  openIssue,
  setAssignees,
  setMilestone,
  setState,
  unassign,
} from "../acts/issues.ts";
import { setLabels } from "../acts/labels.ts";
import { ApiError, invalid, notFound } from "../api-error.ts";
import { created, type Handler, ISSUES, none, ok, paged, type Route, route } from "../call.ts";
import { commitsOf } from "../git/pull-data.ts";
import { nodeId, user } from "../present/account.ts";
import { gitCommit } from "../present/commit.ts";
import { issueEvent, listedIssue, comment as presentComment, restIssue } from "../present/issue.ts";
import { review as presentReview } from "../present/pull.ts";
import { gitOf, isPull, issueKey, stamp } from "../world.ts";
import { filterIssues } from "./issue-filter.ts";

const list: Handler = (call) => {
  const { repo, world, query } = call;
  const found = filterIssues(world.store.issues.in(String(repo.id)), query, repo, call.actor.account?.login);
  return paged(call, found, (issue) => restIssue(world, issue));
};

const listForAccount: Handler = (call) => {
  const { world, query } = call;
  const { login } = call.account;
  const all = world.store.issues
    .all()
    .filter((issue) => issue.user === login || issue.assignees.includes(login));
  return paged(call, filterIssues(all, query), (issue) => listedIssue(world, issue));
};

const get: Handler = (call) => ok(restIssue(call.world, call.issue));

const create: Handler = async (call) => {
  const { world, repo } = call;
  const { login } = call.needAccount(["issues"]);
  if (repo.archived) throw new ApiError(403, "Repository was archived so is read-only.");
  const privileged = can(world, call.actor, repo, ISSUES);
  const title = call.requiredText("title", "Issue");
  const milestone = call.body["milestone"];
  const issue = await openIssue(world, repo, login, {
    title,
    body: call.text("body") ?? null,
    ...(privileged ? { labels: labelNames(call.body["labels"]) } : {}),
    ...(privileged ? { assignees: [...call.texts("assignees"), ...call.texts("assignee")] } : {}),
    milestone: privileged && milestone ? Number(milestone) : null,
  });
  return created(restIssue(world, issue));
};

/** Labels are given as names or as objects with a name. */
export function labelNames(value: unknown): string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map((item: unknown) => {
    const name = typeof item === "object" && item !== null ? (item as { name?: unknown }).name : item;
    if (typeof name !== "string") throw invalid("Label", "name");
    return name;
  });
}

const update: Handler = async (call) => {
  const { world, issue } = call;
  const { login } = call.needAccount(["issues", "pull_requests"]);
  const own = issue.user === login;
  if (!own || call.has("labels") || call.has("milestone") || call.has("assignees")) call.need(ISSUES);
  const title = call.text("title");
  await editText(world, issue, login, {
    ...(title === undefined ? {} : { title }),
    ...(call.has("body") ? { body: call.text("body") ?? null } : {}),
  });
  if (call.has("labels")) await setLabels(world, issue, login, labelNames(call.body["labels"]));
  if (call.has("assignees")) await setAssignees(world, issue, login, call.texts("assignees"));
  if (call.has("milestone")) {
    const wanted = call.body["milestone"];
    await setMilestone(world, issue, login, wanted === null || wanted === 0 ? null : Number(wanted));
  }
  const state = call.text("state");
  if (state) await setState(world, issue, login, state, call.text("state_reason"));
  return ok(restIssue(world, issue));
};

const addAssignees: Handler = async (call) => {
  call.need(ISSUES);
  await assign(call.world, call.issue, call.account.login, call.texts("assignees"));
  return created(restIssue(call.world, call.issue));
};

const removeAssignees: Handler = async (call) => {
  call.need(ISSUES);
  await unassign(call.world, call.issue, call.account.login, call.texts("assignees"));
  return ok(restIssue(call.world, call.issue));
};

const listAssignable: Handler = (call) => {
  const { world, repo } = call;
  const people = world.store.accounts.all().filter((found) => assignable(world, repo, found.login));
  return paged(call, people, (found) => user(world, found.login));
};

const checkAssignable: Handler = (call) => {
  if (!assignable(call.world, call.repo, call.param("login"))) throw notFound();
  return none;
};

const events: Handler = (call) =>
  paged(call, call.world.store.events.in(issueKey(call.issue)), (event) => issueEvent(call.world, event));

const repoEvents: Handler = (call) => {
  const { world, repo } = call;
  const all = world.store.events.all().filter((event) => event.repo === repo.id);
  return paged(call, all.reverse(), (event) => issueEvent(world, event));
};

/** Events, comments, reviews and commits of one issue, in the order in which they happened. */
const timeline: Handler = async (call) => {
  const { world, issue, repo } = call;
  const key = issueKey(issue);
  const items: { at: string; shown: object }[] = [];
  for (const event of world.store.events.in(key))
    items.push({ at: event.created_at, shown: issueEvent(world, event) });
  for (const comment of world.store.comments.in(key)) {
    const shown = { ...presentComment(world, comment), event: "commented", actor: user(world, comment.user) };
    items.push({ at: comment.created_at, shown });
  }
  for (const review of world.store.reviews.in(key)) {
    const shown = { ...presentReview(world, review), event: "reviewed", state: review.state.toLowerCase() };
    if (review.submitted_at) items.push({ at: review.submitted_at, shown });
  }
  if (isPull(issue)) {
    for (const sha of await commitsOf(world, issue)) {
      const commit = await gitOf(world, repo).commit(sha);
      items.push({
        at: commit.committer.date,
        shown: { ...gitCommit(world, repo, commit), event: "committed" },
      });
    }
  }
  items.sort((a, b) => a.at.localeCompare(b.at));
  return paged(call, items, (item) => item.shown);
};

const react: Handler = (call) => {
  const { world } = call;
  const { login } = call.needAccount(["issues", "pull_requests"]);
  const content = call.requiredText("content", "Reaction");
  const id = call.params["id"];
  const comment = id === undefined ? undefined : world.store.comments.get(id);
  if (id !== undefined && comment?.repo !== call.repo.id) throw notFound();
  const reacted = comment ?? call.issue;
  const given = reacted.reactions?.[content] ?? [];
  if (!given.includes(login)) given.push(login);
  reacted.reactions = { ...reacted.reactions, [content]: given };
  if (comment) world.store.comments.put(comment);
  else world.store.issues.put(call.issue);
  const reaction = world.store.nextId();
  return created({
    id: reaction,
    node_id: nodeId("Reaction", reaction),
    user: user(world, login),
    content,
    created_at: stamp(world),
  });
};

const lock: Handler = (call) => {
  call.need(ISSUES);
  const { issue, world } = call;
  issue.locked = call.method === "PUT";
  issue.lock_reason = issue.locked ? (call.text("lock_reason") ?? null) : null;
  world.store.issues.put(issue);
  return none;
};

const REPO = "/repos/:owner/:repo";
const ISSUE = `${REPO}/issues/:number{[0-9]+}`;

export const issueRoutes: Route[] = [
  route("GET", "/issues", listForAccount),
  route("GET", `${REPO}/issues`, list),
  route("POST", `${REPO}/issues`, create),
  route("GET", `${REPO}/issues/events`, repoEvents),
  route("GET", ISSUE, get),
  route("PATCH", ISSUE, update),
  route("POST", `${ISSUE}/assignees`, addAssignees),
  route("DELETE", `${ISSUE}/assignees`, removeAssignees),
  route("GET", `${REPO}/assignees`, listAssignable),
  route("GET", `${REPO}/assignees/:login`, checkAssignable),
  route("GET", `${ISSUE}/events`, events),
  route("GET", `${ISSUE}/timeline`, timeline),
  route("POST", `${ISSUE}/reactions`, react),
  route("POST", `${REPO}/issues/comments/:id{[0-9]+}/reactions`, react),
  route("PUT", `${ISSUE}/lock`, lock),
  route("DELETE", `${ISSUE}/lock`, lock),
];
