// Tells the hooks and the issue's own history what happened.
import { user } from "../present/account.ts";
import { issue as presentIssue } from "../present/issue.ts";
import { pullRequest } from "../present/pull.ts";
import { repository, withOrganization } from "../present/repository.ts";
import type { Issue, IssueEvent, Repo } from "../records.ts";
import { isPull, repoOf, stamp, type World } from "../world.ts";

/** An event of a repository, with the fields that every such payload has, unless `payload` has its own. */
export function announce(
  world: World,
  repo: Repo,
  by: string,
  event: string,
  payload: Record<string, unknown>,
  action?: string,
): void {
  world.webhooks.send({
    event,
    ...(action ? { action } : {}),
    repo,
    payload: {
      repository: repository(world, repo),
      ...withOrganization(world, repo),
      sender: user(world, by),
      ...payload,
    },
  });
}

/** `issues` or `pull_request`, whichever it is. */
export async function announceIssue(
  world: World,
  found: Issue,
  by: string,
  action: string,
  extra: Record<string, unknown> = {},
): Promise<void> {
  const repo = repoOf(world, found);
  if (isPull(found)) {
    const payload = { number: found.number, pull_request: await pullRequest(world, found), ...extra };
    announce(world, repo, by, "pull_request", payload, action);
  } else {
    announce(world, repo, by, "issues", { issue: presentIssue(world, found), ...extra }, action);
  }
}

export function record(
  world: World,
  found: Issue,
  by: string,
  event: string,
  detail: Record<string, unknown> = {},
  commit: string | null = null,
): IssueEvent {
  return world.store.events.put({
    id: world.store.nextId(),
    repo: found.repo,
    issue: found.number,
    event,
    actor: by,
    created_at: stamp(world),
    commit_id: commit,
    detail,
  });
}

/** Keeps the change, with a new time. */
export function save(world: World, found: Issue): void {
  found.updated_at = stamp(world);
  world.store.issues.put(found);
}
