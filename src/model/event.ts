// The small union that every webhook delivery is normalised into, once, before any plugin sees it.
import type { Label, PullRequest, RepoRef, Review, User } from "./github.ts";

interface EventBase {
  /** X-GitHub-Delivery: the same for a redelivery, so effects derive their identity from it. */
  guid: string;
  repo: RepoRef;
  /** Who caused it; may be the bot itself. */
  sender: User;
  /** When, by GitHub's clock: whatever answers it is not older. "" when GitHub does not say. */
  at?: string;
}

/**
 * Text on an issue or pull request: comment, review, review comment, or the body at opening (Prow's GenericComment).
 * `deleted` stands also for a dismissed review.
 */
export interface CommentEvent extends EventBase {
  kind: "comment";
  action: "created" | "edited" | "deleted";
  /** Which webhook event it came from. */
  source: "issues" | "issue_comment" | "pull_request" | "pull_request_review" | "pull_request_review_comment";
  number: number;
  isPR: boolean;
  body: string;
  author: User;
  htmlUrl: string;
  /** Only for issue comments. */
  commentId?: number;
  /** When GitHub received it; undefined for the body of an issue or pull request. */
  createdAt?: string;
  /** The commit that a review was given for. */
  commitId?: string;
  issue: {
    title: string;
    body: string;
    state: "open" | "closed";
    author: User;
    assignees: User[];
    htmlUrl: string;
    /** Labels that the payload told; undefined when the payload has none (read them then). */
    labels?: Label[];
  };
}

export interface PullRequestEvent extends EventBase {
  kind: "pull_request";
  /** GitHub's action: opened, synchronize, labeled, … */
  action: string;
  pr: PullRequest;
  label?: Label;
  changes?: {
    title?: { from: string };
    body?: { from: string };
    base?: { ref?: { from: string }; sha?: { from: string } };
  };
}

export interface ReviewEvent extends EventBase {
  kind: "review";
  action: "submitted" | "edited" | "dismissed";
  pr: PullRequest;
  review: Review;
}

export interface IssueEvent extends EventBase {
  kind: "issue";
  action: string;
  number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  author: User;
  labels: Label[];
  htmlUrl: string;
  label?: Label;
}

export interface PushCommit {
  id: string;
  message: string;
  added: string[];
  removed: string[];
  modified: string[];
}

export interface PushEvent extends EventBase {
  kind: "push";
  /** Full ref, e.g. refs/heads/main. */
  ref: string;
  before: string;
  after: string;
  created: boolean;
  deleted: boolean;
  compare: string;
  commits: PushCommit[];
}

export interface StatusEvent extends EventBase {
  kind: "status";
  sha: string;
  context: string;
  state: string;
  description: string;
}

/** Of a check run of our own: somebody wants it again, or pressed a button of it. */
export interface CheckEvent extends EventBase {
  kind: "check";
  /** `suite`: all runs of ours on the commit are wanted again. */
  action: "rerequested" | "requested_action" | "suite";
  sha: string;
  /** Slug of the App that it belongs to. */
  app: string;
  /** Absent for a suite. */
  run?: { name: string; externalId: string };
  /** Which button. */
  identifier?: string;
  /** Numbers of open pull requests with that head; GitHub tells none that come from forks. */
  pulls: number[];
}

export type Event =
  | CommentEvent
  | PullRequestEvent
  | ReviewEvent
  | IssueEvent
  | PushEvent
  | StatusEvent
  | CheckEvent;
export type EventKind = Event["kind"];
