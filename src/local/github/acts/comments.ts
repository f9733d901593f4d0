// Comments on issues and pull requests.
import { ApiError, invalid } from "../api-error.ts";
import { comment as presentComment, issue as presentIssue } from "../present/issue.ts";
import type { Comment, Issue } from "../records.ts";
import { findIssue, repoOf, stamp, type World } from "../world.ts";
import { announce, save } from "./announce.ts";

const LONGEST = 65_536;

function check(body: string): void {
  if (body.trim() === "")
    throw new ApiError(422, "Validation Failed", [
      { resource: "IssueComment", code: "unprocessable", field: "data", message: "Body cannot be blank" },
    ]);
  if (body.length > LONGEST)
    throw invalid("IssueComment", "body", "custom", "Body is too long (maximum is 65536 characters)");
}

function tell(world: World, found: Comment, by: string, action: string, extra: object = {}): void {
  const repo = repoOf(world, found);
  const about = findIssue(world, repo, found.issue);
  if (!about) return;
  const payload = { ...extra, issue: presentIssue(world, about), comment: presentComment(world, found) };
  announce(world, repo, by, "issue_comment", payload, action);
}

export function createComment(world: World, issue: Issue, by: string, body: string): Comment {
  check(body);
  if (issue.locked) throw new ApiError(403, "Unable to create comment because issue is locked.");
  const now = stamp(world);
  const found = world.store.comments.put({
    id: world.store.nextId(),
    repo: issue.repo,
    issue: issue.number,
    user: by,
    body,
    created_at: now,
    updated_at: now,
    reactions: {},
  });
  save(world, issue);
  tell(world, found, by, "created");
  return found;
}

export function editComment(world: World, found: Comment, by: string, body: string): void {
  check(body);
  const from = found.body;
  if (from === body) return;
  found.body = body;
  found.updated_at = stamp(world);
  world.store.comments.put(found);
  tell(world, found, by, "edited", { changes: { body: { from } } });
}

export function deleteComment(world: World, found: Comment, by: string): void {
  world.store.comments.remove(found);
  tell(world, found, by, "deleted");
}
