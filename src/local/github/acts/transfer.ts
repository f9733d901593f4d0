// Moving an issue to another repository of the same owner, and pinning issues to their repository.
import { ApiError } from "../api-error.ts";
import { issue as presentIssue } from "../present/issue.ts";
import { repository } from "../present/repository.ts";
import type { Issue, Repo } from "../records.ts";
import { issueKey, repoOf, type World } from "../world.ts";
import { announce, announceIssue, record, save } from "./announce.ts";
import { makeIssue } from "./issues.ts";

/** What the destination knows by name goes along: labels and the milestone. Resolves to the new issue. */
export async function transferIssue(world: World, old: Issue, to: Repo, by: string): Promise<Issue> {
  const from = repoOf(world, old);
  if (old.pull) throw new ApiError(422, "Pull requests cannot be transferred");
  if (from.owner !== to.owner || from.id === to.id)
    throw new ApiError(422, "Issues can only be transferred to another repository of the same owner");
  const { id, number, user } = makeIssue(world, to, old.user, old.title, old.body);
  const title = from.milestones.find((milestone) => milestone.number === old.milestone)?.title;
  const moved: Issue = {
    ...old,
    ...{ id, number, user, repo: to.id },
    labels: old.labels.filter((name) => to.labels.some((label) => label.name === name)),
    milestone: to.milestones.find((milestone) => milestone.title === title)?.number ?? null,
    pinned: false,
  };
  world.store.issues.put(moved);
  moveHistory(world, old, moved);
  record(world, moved, by, "transferred");
  const before = { old_issue: presentIssue(world, old), old_repository: repository(world, from) };
  const after = { new_issue: presentIssue(world, moved), new_repository: repository(world, to) };
  announce(world, from, by, "issues", { issue: before.old_issue, changes: after }, "transferred");
  world.store.issues.remove(old);
  await announceIssue(world, moved, by, "opened", { changes: before });
  return moved;
}

function moveHistory(world: World, old: Issue, moved: Issue): void {
  const place = { repo: moved.repo, issue: moved.number };
  for (const comment of world.store.comments.in(issueKey(old))) {
    world.store.comments.remove(comment);
    world.store.comments.put({ ...comment, ...place });
  }
  for (const event of world.store.events.in(issueKey(old))) {
    world.store.events.remove(event);
    world.store.events.put({ ...event, ...place });
  }
}

const MOST_PINNED = 3;

export async function pinIssue(world: World, found: Issue, by: string, pinned: boolean): Promise<void> {
  if (Boolean(found.pinned) === pinned) return;
  const others = world.store.issues.in(String(found.repo)).filter((issue) => issue.pinned);
  if (pinned && others.length >= MOST_PINNED)
    throw new ApiError(422, "Maximum 3 pinned issues per repository");
  found.pinned = pinned;
  save(world, found);
  record(world, found, by, pinned ? "pinned" : "unpinned");
  await announceIssue(world, found, by, pinned ? "pinned" : "unpinned");
}
