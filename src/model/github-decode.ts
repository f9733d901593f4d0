// Turns GitHub's JSON (REST answers and webhook payloads) into our nouns: checked, and reduced to what we read.
import { isRecord } from "../lib/schema.ts";
import type {
  Branch,
  CheckRun,
  Issue,
  IssueComment,
  Label,
  Milestone,
  PullRequest,
  Repository,
  Review,
  ReviewComment,
  ReviewState,
  User,
} from "./github.ts";

/** JSON from GitHub that is not what its documentation promises. */
export class MalformedError extends Error {
  override name = "MalformedError";
}

/** A JSON object being read, and where in the document it is. */
export interface Json {
  readonly at: string;
  readonly fields: Record<string, unknown>;
}

function malformed(at: string, want: string, found: unknown): never {
  throw new MalformedError(`${at || "document"}: expected ${want}, found ${shown(found)}`);
}

/** What is inside is not looked at: it may be nested deeper than the stack goes. */
function shown(found: unknown): string {
  if (Array.isArray(found)) return "a list";
  if (isRecord(found)) return "an object";
  return typeof found === "string" ? JSON.stringify(found.slice(0, 60)) : String(found ?? "nothing");
}

export function json(value: unknown, at = ""): Json {
  return isRecord(value) ? { at, fields: value } : malformed(at, "an object", value);
}

const pathTo = (from: Json, key: string): string => (from.at ? `${from.at}.${key}` : key);
const own = (from: Json, key: string): unknown =>
  Object.hasOwn(from.fields, key) ? (from.fields[key] ?? undefined) : undefined;

export const child = (from: Json, key: string): Json => json(own(from, key), pathTo(from, key));

export const has = (from: Json, key: string): boolean => own(from, key) !== undefined;

/** A missing or null field is the fallback; without one it is an error. */
export function text(from: Json, key: string, fallback?: string): string {
  const value = own(from, key) ?? fallback;
  return typeof value === "string" ? value : malformed(pathTo(from, key), "a string", value);
}

export function whole(from: Json, key: string, fallback?: number): number {
  const value = own(from, key) ?? fallback;
  return Number.isInteger(value) ? (value as number) : malformed(pathTo(from, key), "a whole number", value);
}

export function flag(from: Json, key: string): boolean {
  const value = own(from, key) ?? false;
  return typeof value === "boolean" ? value : malformed(pathTo(from, key), "true or false", value);
}

/** Elements of an array of objects; missing or null is empty. */
export function items<T>(from: Json, key: string, decode: (item: Json) => T): T[] {
  const value = own(from, key) ?? [];
  if (!Array.isArray(value)) return malformed(pathTo(from, key), "a list", value);
  return value.map((item, index) => decode(json(item, `${pathTo(from, key)}[${index}]`)));
}

export function words(from: Json, key: string): string[] {
  const value = own(from, key) ?? [];
  if (!Array.isArray(value)) return malformed(pathTo(from, key), "a list", value);
  return value.map((item) =>
    typeof item === "string" ? item : malformed(pathTo(from, key), "strings", item),
  );
}

const maybe = <T>(from: Json, key: string, decode: (value: Json) => T): T | null =>
  has(from, key) ? decode(child(from, key)) : null;

export function user(from: Json): User {
  return {
    login: text(from, "login"),
    ...(has(from, "id") && { id: whole(from, "id") }),
    ...(has(from, "type") && { type: text(from, "type") }),
    ...(has(from, "name") && { name: text(from, "name") }),
  };
}

/** Whose account is deleted is null in answers; GitHub shows that as the user "ghost". */
export const userOf = (from: Json, key = "user"): User => maybe(from, key, user) ?? { login: "ghost" };

export const label = (from: Json): Label => ({
  name: text(from, "name"),
  ...(has(from, "color") && { color: text(from, "color") }),
  ...(has(from, "description") && { description: text(from, "description") }),
});

export const milestone = (from: Json): Milestone => ({
  number: whole(from, "number"),
  title: text(from, "title"),
  ...(has(from, "state") && { state: text(from, "state") }),
});

export function repository(from: Json): Repository {
  const owner = child(from, "owner");
  const login = text(owner, "login", has(owner, "name") ? text(owner, "name") : undefined);
  const name = text(from, "name");
  return {
    ...(has(from, "node_id") && { node_id: text(from, "node_id") }),
    name,
    full_name: text(from, "full_name", `${login}/${name}`),
    owner: { login },
    html_url: text(from, "html_url", ""),
    default_branch: text(from, "default_branch", ""),
    private: flag(from, "private"),
    archived: flag(from, "archived"),
    fork: flag(from, "fork"),
    // Of a push, and of nothing else, a payload tells it as a number.
    ...(typeof own(from, "pushed_at") === "string" && { pushed_at: text(from, "pushed_at") }),
    ...optionalFlags(from, "allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"),
  };
}

function optionalFlags<K extends string>(from: Json, ...keys: K[]): { [key in K]?: boolean } {
  const result: { [key in K]?: boolean } = {};
  for (const key of keys) if (has(from, key)) result[key] = flag(from, key);
  return result;
}

const branch = (from: Json): Branch => ({
  ref: text(from, "ref"),
  sha: text(from, "sha"),
  repo: maybe(from, "repo", repository),
});

const bodyOf = (from: Json): string | null => (has(from, "body") ? text(from, "body") : null);

export function issue(from: Json): Issue {
  return {
    ...(has(from, "node_id") && { node_id: text(from, "node_id") }),
    number: whole(from, "number"),
    title: text(from, "title", ""),
    body: bodyOf(from),
    state: text(from, "state", "open") === "closed" ? "closed" : "open",
    user: userOf(from),
    labels: items(from, "labels", label),
    assignees: items(from, "assignees", user),
    milestone: maybe(from, "milestone", milestone),
    html_url: text(from, "html_url", ""),
    created_at: text(from, "created_at", ""),
    updated_at: text(from, "updated_at", ""),
    ...(has(from, "pull_request") && { pull_request: {} }),
  };
}

export function pullRequest(from: Json): PullRequest {
  const { pull_request: _, ...shared } = issue(from);
  return {
    ...shared,
    draft: flag(from, "draft"),
    merged: flag(from, "merged"),
    mergeable: has(from, "mergeable") ? flag(from, "mergeable") : null,
    merge_commit_sha: has(from, "merge_commit_sha") ? text(from, "merge_commit_sha") : null,
    base: branch(child(from, "base")),
    head: branch(child(from, "head")),
    requested_reviewers: items(from, "requested_reviewers", user),
    requested_teams: items(from, "requested_teams", (team) => ({ slug: text(team, "slug") })),
    ...(has(from, "additions") && { additions: whole(from, "additions") }),
    ...(has(from, "deletions") && { deletions: whole(from, "deletions") }),
    ...(has(from, "changed_files") && { changed_files: whole(from, "changed_files") }),
    ...(has(from, "commits") && { commits: whole(from, "commits") }),
  };
}

export const issueComment = (from: Json): IssueComment => ({
  id: whole(from, "id"),
  body: text(from, "body", ""),
  user: userOf(from),
  html_url: text(from, "html_url", ""),
  created_at: text(from, "created_at", ""),
  updated_at: text(from, "updated_at", ""),
});

export const review = (from: Json): Review => ({
  id: whole(from, "id"),
  body: bodyOf(from),
  // Webhooks spell it in lower case, REST in upper case.
  state: text(from, "state").toUpperCase() as ReviewState,
  user: userOf(from),
  html_url: text(from, "html_url", ""),
  submitted_at: text(from, "submitted_at", ""),
  ...(has(from, "commit_id") && { commit_id: text(from, "commit_id") }),
});

export const reviewComment = (from: Json): ReviewComment => ({
  ...issueComment(from),
  path: text(from, "path", ""),
});

export const checkRun = (from: Json): CheckRun => {
  const of = (key: string) => (has(from, key) ? child(from, key) : undefined);
  const app = of("app");
  const output = of("output");
  return {
    id: whole(from, "id"),
    name: text(from, "name"),
    status: text(from, "status"),
    conclusion: has(from, "conclusion") ? text(from, "conclusion") : null,
    head_sha: text(from, "head_sha", ""),
    ...(has(from, "external_id") && { external_id: text(from, "external_id") }),
    ...(app && { app: text(app, "slug", "") }),
    ...(output && has(output, "text") && { text: text(output, "text") }),
    ...(output && { annotations: whole(output, "annotations_count", 0) }),
  };
};
