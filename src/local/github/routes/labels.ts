// REST: labels of repositories and issues, and milestones.
import {
  addLabels,
  createLabel,
  deleteLabel,
  editLabel,
  findLabel,
  removeLabel,
  setLabels,
} from "../acts/labels.ts";
import { invalid, notFound } from "../api-error.ts";
import { type Call, created, type Handler, ISSUES, none, ok, paged, type Route, route } from "../call.ts";
import { labelNamed, label as present, milestone as presentMilestone } from "../present/repository.ts";
import type { Label, Milestone } from "../records.ts";
import { stamp } from "../world.ts";
import { labelNames } from "./issues.ts";

const one = (call: Call): Label => {
  const found = findLabel(call.repo, call.param("name"));
  if (!found) throw notFound();
  return found;
};

const list: Handler = (call) =>
  paged(call, call.repo.labels, (label) => present(call.world, call.repo, label));

const create: Handler = (call) => {
  const { world, repo } = call;
  call.need(ISSUES);
  const made = createLabel(world, repo, call.account.login, {
    name: call.requiredText("name", "Label"),
    color: call.text("color") ?? "ededed",
    description: call.text("description") ?? null,
  });
  return created(present(world, repo, made));
};

const update: Handler = (call) => {
  const { world, repo } = call;
  call.need(ISSUES);
  const found = one(call);
  const name = call.text("new_name") ?? call.text("name");
  const color = call.text("color")?.replace(/^#/, "");
  const changed: Partial<Label> = {
    ...(name ? { name } : {}),
    ...(color ? { color } : {}),
    ...(call.has("description") ? { description: call.text("description") ?? null } : {}),
  };
  editLabel(world, repo, call.account.login, found, changed);
  return ok(present(world, repo, found));
};

const remove: Handler = (call) => {
  call.need(ISSUES);
  deleteLabel(call.world, call.repo, call.account.login, one(call));
  return none;
};

const borne = (call: Call) =>
  paged(call, call.issue.labels, (name) => labelNamed(call.world, call.repo, name));

/** `["a"]`, `{labels: ["a"]}` and `{labels: [{name: "a"}]}` are all taken. */
const wanted = (call: Call): string[] =>
  labelNames(Array.isArray(call.body) ? call.body : call.body["labels"]);

const add: Handler = async (call) => {
  call.need(ISSUES);
  await addLabels(call.world, call.issue, call.account.login, wanted(call));
  return borne(call);
};

const replace: Handler = async (call) => {
  call.need(ISSUES);
  await setLabels(call.world, call.issue, call.account.login, wanted(call));
  return borne(call);
};

const removeOne: Handler = async (call) => {
  call.need(ISSUES);
  await removeLabel(call.world, call.issue, call.account.login, call.param("name"));
  return borne(call);
};

const removeAll: Handler = async (call) => {
  call.need(ISSUES);
  await setLabels(call.world, call.issue, call.account.login, []);
  return none;
};

const oneMilestone = (call: Call): Milestone => {
  const found = call.repo.milestones.find(({ number }) => number === Number(call.param("milestone")));
  if (!found) throw notFound();
  return found;
};

const listMilestones: Handler = (call) => {
  const state = call.query.get("state") ?? "open";
  const found = call.repo.milestones.filter((milestone) => state === "all" || milestone.state === state);
  return paged(call, found, (milestone) => presentMilestone(call.world, call.repo, milestone));
};

const createMilestone: Handler = (call) => {
  const { world, repo } = call;
  call.need(ISSUES);
  const title = call.requiredText("title", "Milestone");
  if (repo.milestones.some((found) => found.title === title))
    throw invalid("Milestone", "title", "already_exists");
  const now = stamp(world);
  const made: Milestone = {
    id: world.store.nextId(),
    number: (repo.milestones.at(-1)?.number ?? 0) + 1,
    title,
    description: call.text("description") ?? null,
    state: call.text("state") === "closed" ? "closed" : "open",
    creator: call.account.login,
    created_at: now,
    updated_at: now,
    closed_at: null,
    due_on: call.text("due_on") ?? null,
  };
  repo.milestones.push(made);
  world.store.repos.put(repo);
  return created(presentMilestone(world, repo, made));
};

const updateMilestone: Handler = (call) => {
  const { world, repo } = call;
  call.need(ISSUES);
  const found = oneMilestone(call);
  found.title = call.text("title") ?? found.title;
  found.description = call.text("description") ?? found.description;
  found.due_on = call.text("due_on") ?? found.due_on;
  const state = call.text("state");
  if (state === "open" || state === "closed") {
    found.state = state;
    found.closed_at = state === "closed" ? stamp(world) : null;
  }
  found.updated_at = stamp(world);
  world.store.repos.put(repo);
  return ok(presentMilestone(world, repo, found));
};

const deleteMilestone: Handler = (call) => {
  const { world, repo } = call;
  call.need(ISSUES);
  const found = oneMilestone(call);
  repo.milestones = repo.milestones.filter((milestone) => milestone !== found);
  world.store.repos.put(repo);
  return none;
};

const REPO = "/repos/:owner/:repo";
const BORNE = `${REPO}/issues/:number{[0-9]+}/labels`;
const MILESTONE = `${REPO}/milestones/:milestone{[0-9]+}`;

export const labelRoutes: Route[] = [
  route("GET", `${REPO}/labels`, list),
  route("POST", `${REPO}/labels`, create),
  route("GET", `${REPO}/labels/:name{.+}`, (call) => ok(present(call.world, call.repo, one(call)))),
  route("PATCH", `${REPO}/labels/:name{.+}`, update),
  route("DELETE", `${REPO}/labels/:name{.+}`, remove),
  route("GET", BORNE, borne),
  route("POST", BORNE, add),
  route("PUT", BORNE, replace),
  route("DELETE", BORNE, removeAll),
  route("DELETE", `${BORNE}/:name{.+}`, removeOne),
  route("GET", `${REPO}/milestones`, listMilestones),
  route("POST", `${REPO}/milestones`, createMilestone),
  route("GET", MILESTONE, (call) => ok(presentMilestone(call.world, call.repo, oneMilestone(call)))),
  route("PATCH", MILESTONE, updateMilestone),
  route("DELETE", MILESTONE, deleteMilestone),
];
