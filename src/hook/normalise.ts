// Turns a webhook payload into our events, once, so that no plugin reads GitHub's JSON.
import { type Delivery, payloadOf } from "../model/delivery.ts";
import type { CommentEvent, Event } from "../model/event.ts";
import type { Label, PullRequest, RepoRef, User } from "../model/github.ts";
import * as decode from "../model/github-decode.ts";

type Base = { guid: string; repo: RepoRef; sender: User; at: string };
type Normalise = (payload: decode.Json, base: Base) => Event[];

const NORMALISERS = new Map<string, Normalise>([
  ["check_run", checkRun],
  ["check_suite", checkSuite],
  ["issues", issues],
  ["issue_comment", issueComment],
  ["pull_request", pullRequest],
  ["pull_request_review", review],
  ["pull_request_review_comment", reviewComment],
  ["push", push],
  ["status", status],
]);

/** Events that plugins are told of, by GitHub's names. */
export const knownEvents: readonly string[] = [...NORMALISERS.keys()];

/** Empty for events that Cutwater does not know. Throws MalformedError when a known one is not what GitHub documents. */
export function normalise(delivery: Delivery): Event[] {
  const { guid, event } = delivery;
  const handler = NORMALISERS.get(event);
  if (!handler) return [];
  const payload = decode.json(payloadOf(delivery));
  const repository = decode.child(payload, "repository");
  const owner = decode.child(repository, "owner");
  const repo = {
    org: decode.text(owner, "login", decode.text(owner, "name", "") || undefined),
    repo: decode.text(repository, "name"),
  };
  return handler(payload, { guid, repo, sender: decode.userOf(payload, "sender"), at: timeOf(payload) });
}

/** Where a payload tells when its own subject came to be as it is; the innermost subject first. */
const TIMES = [
  ["comment", "updated_at"],
  ["review", "submitted_at"],
  ["pull_request", "updated_at"],
  ["issue", "updated_at"],
] as const;

function timeOf(payload: decode.Json): string {
  for (const [subject, field] of TIMES)
    if (decode.has(payload, subject)) return decode.text(decode.child(payload, subject), field, "");
  return decode.text(payload, "updated_at", "");
}

/** Actions that concern text; any other has none. A dismissed review counts as deleted. */
const TEXT_ACTIONS: Record<string, CommentEvent["action"]> = {
  created: "created",
  opened: "created",
  submitted: "created",
  edited: "edited",
  deleted: "deleted",
  dismissed: "deleted",
};

interface Text {
  source: CommentEvent["source"];
  body: string;
  author: User;
  htmlUrl: string;
  commentId?: number;
  createdAt?: string;
  commitId?: string;
}

interface Subject {
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  user: User;
  assignees: User[];
  html_url: string;
  labels: Label[];
}

function comment(payload: decode.Json, base: Base, subject: Subject, isPR: boolean, text: Text): Event[] {
  const name = decode.text(payload, "action");
  const action = Object.hasOwn(TEXT_ACTIONS, name) ? TEXT_ACTIONS[name] : undefined;
  if (!action) return [];
  const { number, title, body, state, user, assignees, html_url, labels } = subject;
  const issue = { title, body: body ?? "", state, author: user, assignees, htmlUrl: html_url, labels };
  return [{ ...base, kind: "comment", action, number, isPR, ...text, issue }];
}

function issues(payload: decode.Json, base: Base): Event[] {
  const issue = decode.issue(decode.child(payload, "issue"));
  const { number, title, state, labels, user: author, html_url: htmlUrl } = issue;
  const body = issue.body ?? "";
  const action = decode.text(payload, "action");
  const event: Event = {
    ...base,
    kind: "issue",
    action,
    number,
    title,
    body,
    state,
    author,
    labels,
    htmlUrl,
    ...label(payload),
  };
  const text: Text = { source: "issues", body, author, htmlUrl };
  return [event, ...comment(payload, base, issue, issue.pull_request !== undefined, text)];
}

function issueComment(payload: decode.Json, base: Base): Event[] {
  const issue = decode.issue(decode.child(payload, "issue"));
  const written = decode.issueComment(decode.child(payload, "comment"));
  return comment(payload, base, issue, issue.pull_request !== undefined, {
    source: "issue_comment",
    body: written.body,
    author: written.user,
    htmlUrl: written.html_url,
    commentId: written.id,
    createdAt: written.created_at,
  });
}

function pullRequest(payload: decode.Json, base: Base): Event[] {
  const pr = decode.pullRequest(decode.child(payload, "pull_request"));
  const action = decode.text(payload, "action");
  const event: Event = { ...base, kind: "pull_request", action, pr, ...label(payload), ...changes(payload) };
  const text: Text = {
    source: "pull_request",
    body: pr.body ?? "",
    author: pr.user,
    htmlUrl: pr.html_url,
  };
  return [event, ...comment(payload, base, pr, true, text)];
}

const label = (payload: decode.Json) =>
  decode.has(payload, "label") ? { label: decode.label(decode.child(payload, "label")) } : {};

function changes(payload: decode.Json) {
  if (!decode.has(payload, "changes")) return {};
  const all = decode.child(payload, "changes");
  const from = (holder: decode.Json, key: string) =>
    decode.has(holder, key) ? { [key]: { from: decode.text(decode.child(holder, key), "from", "") } } : {};
  const base = decode.has(all, "base") ? decode.child(all, "base") : undefined;
  return {
    changes: {
      ...from(all, "title"),
      ...from(all, "body"),
      ...(base && { base: { ...from(base, "ref"), ...from(base, "sha") } }),
    },
  };
}

/** Payloads about reviews carry a pull request without the counts. */
const reviewed = (payload: decode.Json): PullRequest =>
  decode.pullRequest(decode.child(payload, "pull_request"));

const REVIEW_ACTIONS = ["submitted", "edited", "dismissed"] as const;

function review(payload: decode.Json, base: Base): Event[] {
  const pr = reviewed(payload);
  const written = decode.review(decode.child(payload, "review"));
  const name = decode.text(payload, "action");
  const action = REVIEW_ACTIONS.find((known) => known === name);
  if (!action) return [];
  const text: Text = {
    source: "pull_request_review",
    body: written.body ?? "",
    author: written.user,
    htmlUrl: written.html_url,
    createdAt: written.submitted_at,
    ...(written.commit_id !== undefined && { commitId: written.commit_id }),
  };
  return [
    { ...base, kind: "review", action, pr, review: written },
    ...comment(payload, base, pr, true, text),
  ];
}

function reviewComment(payload: decode.Json, base: Base): Event[] {
  const written = decode.reviewComment(decode.child(payload, "comment"));
  return comment(payload, base, reviewed(payload), true, {
    source: "pull_request_review_comment",
    body: written.body,
    author: written.user,
    htmlUrl: written.html_url,
    commentId: written.id,
    createdAt: written.created_at,
  });
}

function push(payload: decode.Json, base: Base): Event[] {
  const commits = decode.items(payload, "commits", (commit) => ({
    id: decode.text(commit, "id"),
    message: decode.text(commit, "message", ""),
    added: decode.words(commit, "added"),
    removed: decode.words(commit, "removed"),
    modified: decode.words(commit, "modified"),
  }));
  const event: Event = {
    ...base,
    kind: "push",
    ref: decode.text(payload, "ref"),
    before: decode.text(payload, "before", ""),
    after: decode.text(payload, "after", ""),
    created: decode.flag(payload, "created"),
    deleted: decode.flag(payload, "deleted"),
    compare: decode.text(payload, "compare", ""),
    commits,
  };
  return [event];
}

function status(payload: decode.Json, base: Base): Event[] {
  const event: Event = {
    ...base,
    kind: "status",
    sha: decode.text(payload, "sha"),
    context: decode.text(payload, "context"),
    state: decode.text(payload, "state"),
    description: decode.text(payload, "description", ""),
  };
  return [event];
}

/** All else that happens to check runs is told by us, or is tide's to read. */
const CHECK_ACTIONS = ["rerequested", "requested_action"] as const;

function checkRun(payload: decode.Json, base: Base): Event[] {
  const name = decode.text(payload, "action", "");
  const action = CHECK_ACTIONS.find((known) => known === name);
  if (!action) return [];
  const run = decode.child(payload, "check_run");
  const pressed = decode.has(payload, "requested_action") && decode.child(payload, "requested_action");
  const event: Event = {
    ...base,
    ...checked(run),
    kind: "check",
    action,
    run: { name: decode.text(run, "name"), externalId: decode.text(run, "external_id", "") },
    ...(pressed && { identifier: decode.text(pressed, "identifier") }),
  };
  return [event];
}

function checkSuite(payload: decode.Json, base: Base): Event[] {
  if (decode.text(payload, "action", "") !== "rerequested") return [];
  return [{ ...base, ...checked(decode.child(payload, "check_suite")), kind: "check", action: "suite" }];
}

const checked = (from: decode.Json) => ({
  sha: decode.text(from, "head_sha"),
  app: decode.has(from, "app") ? decode.text(decode.child(from, "app"), "slug", "") : "",
  pulls: decode.items(from, "pull_requests", (pull) => decode.whole(pull, "number")),
});
