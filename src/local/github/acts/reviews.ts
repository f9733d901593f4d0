// Reviews and review comments.
import { ApiError, invalid, unprocessable } from "../api-error.ts";
import { filesOf } from "../git/pull-data.ts";
import { listedPull, review as presentReview, reviewComment } from "../present/pull.ts";
import type { Review, ReviewComment } from "../records.ts";
import { findIssue, isPull, type PullRequest, repoOf, stamp, type World } from "../world.ts";
import { announce, record, save } from "./announce.ts";

export interface NewComment {
  path: string;
  body: string;
  line: number | null;
  side: "LEFT" | "RIGHT";
  commit?: string | undefined;
  replyTo?: number | null;
}

const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

export const isReviewEvent = (event: string): event is keyof typeof STATES => event in STATES;

function pullOf(world: World, row: { repo: number; issue: number }): PullRequest | undefined {
  const found = findIssue(world, repoOf(world, row), row.issue);
  return found && isPull(found) ? found : undefined;
}

/** Webhooks write the state in small letters. */
function tell(world: World, review: Review, by: string, action: string, extra: object = {}): void {
  const pr = pullOf(world, review);
  if (!pr) return;
  const shown = presentReview(world, review);
  const payload = {
    ...extra,
    review: { ...shown, body: shown.body || null, state: review.state.toLowerCase() },
    pull_request: listedPull(world, pr),
  };
  announce(world, repoOf(world, pr), by, "pull_request_review", payload, action);
}

/** Without an event the review stays pending until it is submitted. */
export async function createReview(
  world: World,
  pr: PullRequest,
  by: string,
  wanted: { event?: string | undefined; body: string; commit?: string | undefined; comments?: NewComment[] },
): Promise<Review> {
  const review = world.store.reviews.put({
    id: world.store.nextId(),
    repo: pr.repo,
    issue: pr.number,
    user: by,
    body: wanted.body,
    state: "PENDING",
    commit_id: wanted.commit ?? pr.pull.head_sha,
    submitted_at: null,
  });
  try {
    if (wanted.event)
      submitReview(world, review, by, wanted.event, wanted.body, wanted.comments?.length ?? 0);
  } catch (error) {
    world.store.reviews.remove(review);
    throw error;
  }
  for (const comment of wanted.comments ?? []) await createReviewComment(world, pr, by, comment, review.id);
  return review;
}

export function submitReview(
  world: World,
  review: Review,
  by: string,
  event: string,
  body: string,
  comments = 0,
): void {
  const pr = pullOf(world, review);
  if (!pr || !isReviewEvent(event)) throw invalid("PullRequestReview", "event");
  const own = pr.user.toLowerCase() === by.toLowerCase();
  if (own && event === "APPROVE") throw refusal("Can not approve your own pull request");
  if (own && event === "REQUEST_CHANGES") throw refusal("Can not request changes on your own pull request");
  if (event !== "APPROVE" && body.trim() === "" && comments === 0)
    throw invalid("PullRequestReview", "body", "missing_field");
  review.state = STATES[event];
  review.body = body;
  review.submitted_at = stamp(world);
  world.store.reviews.put(review);
  pr.pull.requested_reviewers = pr.pull.requested_reviewers.filter((login) => login !== by);
  save(world, pr);
  tell(world, review, by, "submitted");
}

const refusal = (message: string): ApiError => new ApiError(422, "Unprocessable Entity", [message]);

export function dismissReview(world: World, review: Review, by: string, message: string): void {
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
    throw unprocessable("Can not dismiss a commented pull request review");
  const pr = pullOf(world, review);
  const state = review.state.toLowerCase();
  review.state = "DISMISSED";
  world.store.reviews.put(review);
  if (pr) {
    const dismissed_review = { state, review_id: review.id, dismissal_message: message };
    record(world, pr, by, "review_dismissed", { dismissed_review });
    save(world, pr);
  }
  tell(world, review, by, "dismissed");
}

export function editReview(world: World, review: Review, by: string, body: string): void {
  const from = review.body;
  review.body = body;
  world.store.reviews.put(review);
  tell(world, review, by, "edited", { changes: { body: { from } } });
}

export async function createReviewComment(
  world: World,
  pr: PullRequest,
  by: string,
  wanted: NewComment,
  reviewId?: number,
): Promise<ReviewComment> {
  const file = (await filesOf(world, pr)).find((change) => change.filename === wanted.path);
  if (!file) throw invalid("PullRequestReviewComment", "path");
  const now = stamp(world);
  const review =
    reviewId ??
    world.store.reviews.put({
      id: world.store.nextId(),
      repo: pr.repo,
      issue: pr.number,
      user: by,
      body: "",
      state: "COMMENTED",
      commit_id: wanted.commit ?? pr.pull.head_sha,
      submitted_at: now,
    }).id;
  const comment = world.store.reviewComments.put({
    id: world.store.nextId(),
    repo: pr.repo,
    issue: pr.number,
    review,
    user: by,
    body: wanted.body,
    path: wanted.path,
    line: wanted.line,
    side: wanted.side,
    diff_hunk: file.patch ?? "",
    commit_id: wanted.commit ?? pr.pull.head_sha,
    in_reply_to: wanted.replyTo ?? null,
    created_at: now,
    updated_at: now,
  });
  save(world, pr);
  tellComment(world, comment, by, "created");
  return comment;
}

function tellComment(
  world: World,
  comment: ReviewComment,
  by: string,
  action: string,
  extra: object = {},
): void {
  const pr = pullOf(world, comment);
  if (!pr) return;
  const payload = { ...extra, comment: reviewComment(world, comment), pull_request: listedPull(world, pr) };
  announce(world, repoOf(world, pr), by, "pull_request_review_comment", payload, action);
}

export function editReviewComment(world: World, comment: ReviewComment, by: string, body: string): void {
  const from = comment.body;
  comment.body = body;
  comment.updated_at = stamp(world);
  world.store.reviewComments.put(comment);
  tellComment(world, comment, by, "edited", { changes: { body: { from } } });
}

export function deleteReviewComment(world: World, comment: ReviewComment, by: string): void {
  world.store.reviewComments.remove(comment);
  tellComment(world, comment, by, "deleted");
}
