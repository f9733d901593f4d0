// Opening, editing and closing issues (and what pull requests share with them).
import { assignable } from "../access.ts";
import { invalid } from "../api-error.ts";
import { user } from "../present/account.ts";
import { milestone } from "../present/repository.ts";
import type { Issue, Repo } from "../records.ts";
import {
  accountOrGhost,
  gitOf,
  isPull,
  type PullRequest,
  repoNamed,
  repoOf,
  stamp,
  type World,
} from "../world.ts";
import { announceIssue, record, save } from "./announce.ts";
import { setLabels } from "./labels.ts";
import { keepHead } from "./refs.ts";

export interface NewIssue {
  title: string;
  body: string | null;
  labels?: string[];
  assignees?: string[];
  milestone?: number | null;
}

/** The record alone; the caller announces it once it is whole. */
export function makeIssue(world: World, repo: Repo, by: string, title: string, body: string | null): Issue {
  const number = repo.next_number;
  repo.next_number += 1;
  world.store.repos.put(repo);
  const now = stamp(world);
  return {
    id: world.store.nextId(),
    repo: repo.id,
    number,
    title,
    body,
    user: by,
    state: "open",
    state_reason: null,
    labels: [],
    assignees: [],
    milestone: null,
    locked: false,
    lock_reason: null,
    created_at: now,
    updated_at: now,
    closed_at: null,
    closed_by: null,
  };
}

export async function openIssue(world: World, repo: Repo, by: string, wanted: NewIssue): Promise<Issue> {
  const found = makeIssue(world, repo, by, wanted.title, wanted.body);
  world.store.issues.put(found);
  await announceIssue(world, found, by, "opened");
  if (wanted.labels?.length) await setLabels(world, found, by, wanted.labels);
  if (wanted.assignees?.length) await assign(world, found, by, wanted.assignees);
  if (wanted.milestone) await setMilestone(world, found, by, wanted.milestone);
  return found;
}

/** Changes title and body, and tells what they were before. */
export async function editText(
  world: World,
  found: Issue,
  by: string,
  text: { title?: string; body?: string | null },
): Promise<void> {
  const changes: Record<string, { from: string }> = {};
  if (text.title !== undefined && text.title !== found.title) {
    changes["title"] = { from: found.title };
    record(world, found, by, "renamed", { rename: { from: found.title, to: text.title } });
    found.title = text.title;
  }
  if (text.body !== undefined && text.body !== found.body) {
    changes["body"] = { from: found.body ?? "" };
    found.body = text.body;
  }
  if (Object.keys(changes).length === 0) return;
  save(world, found);
  await announceIssue(world, found, by, "edited", { changes });
}

export async function setState(
  world: World,
  found: Issue,
  by: string,
  state: string,
  reason?: string,
): Promise<void> {
  if (state !== "open" && state !== "closed") throw invalid("Issue", "state");
  if (state === found.state) return;
  if (state === "open" && isPull(found)) await refreshHead(world, found);
  if (found.pull?.merged_at)
    throw invalid("PullRequest", "state", "invalid", "A merged pull request cannot be reopened.");
  found.state = state;
  const open = state === "open";
  found.state_reason = found.pull ? null : open ? "reopened" : (reason ?? "completed");
  found.closed_at = open ? null : stamp(world);
  found.closed_by = open ? null : by;
  save(world, found);
  record(world, found, by, open ? "reopened" : "closed");
  await announceIssue(world, found, by, open ? "reopened" : "closed");
}

/** The branch may have moved on while its pull request was closed. */
async function refreshHead(world: World, pr: PullRequest): Promise<void> {
  const head = pr.pull.head_repo ? repoNamed(world, pr.pull.head_repo) : undefined;
  const sha = head && (await gitOf(world, head).branch(pr.pull.head));
  if (pr.pull.merged_at) return;
  if (!sha)
    throw invalid("PullRequest", "state", "invalid", "state cannot be changed. The head branch was deleted.");
  if (sha === pr.pull.head_sha) return;
  await keepHead(world, pr, sha);
  pr.pull.head_sha = sha;
  pr.pull.pushes = [...(pr.pull.pushes ?? []), { sha, id: world.store.nextId(), at: stamp(world) }];
}

/** Who cannot be assigned is dropped without a word, as GitHub does. */
export async function assign(world: World, found: Issue, by: string, logins: string[]): Promise<void> {
  const repo = repoOf(world, found);
  for (const login of logins) {
    const known = accountOrGhost(world, login).login;
    const allowed = assignable(world, repo, login) || known === found.user;
    if (!allowed || known === "ghost" || found.assignees.includes(known)) continue;
    found.assignees.push(known);
    save(world, found);
    record(world, found, by, "assigned", { assignee: user(world, known), assigner: user(world, by) });
    await announceIssue(world, found, by, "assigned", { assignee: user(world, known) });
  }
}

export async function unassign(world: World, found: Issue, by: string, logins: string[]): Promise<void> {
  const unwanted = new Set(logins.map((login) => login.toLowerCase()));
  for (const login of found.assignees.filter((assignee) => unwanted.has(assignee.toLowerCase()))) {
    found.assignees = found.assignees.filter((assignee) => assignee !== login);
    save(world, found);
    record(world, found, by, "unassigned", { assignee: user(world, login), assigner: user(world, by) });
    await announceIssue(world, found, by, "unassigned", { assignee: user(world, login) });
  }
}

export async function setAssignees(world: World, found: Issue, by: string, logins: string[]): Promise<void> {
  const wanted = new Set(logins.map((login) => login.toLowerCase()));
  await unassign(
    world,
    found,
    by,
    found.assignees.filter((login) => !wanted.has(login.toLowerCase())),
  );
  await assign(world, found, by, logins);
}

export async function setMilestone(
  world: World,
  found: Issue,
  by: string,
  number: number | null,
): Promise<void> {
  if (found.milestone === number) return;
  const repo = repoOf(world, found);
  const of = (wanted: number | null) => repo.milestones.find((candidate) => candidate.number === wanted);
  if (number !== null && !of(number)) throw invalid("Issue", "milestone");
  const before = of(found.milestone);
  found.milestone = number;
  save(world, found);
  const now = of(number);
  for (const [event, about] of [
    ["demilestoned", before],
    ["milestoned", now],
  ] as const) {
    if (!about) continue;
    record(world, found, by, event, { milestone: { title: about.title } });
    await announceIssue(world, found, by, event, { milestone: milestone(world, repo, about) });
  }
}
