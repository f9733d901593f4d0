// REST: reviews and review comments.
import {
  createReview,
  createReviewComment,
  deleteReviewComment,
  dismissReview,
  editReview,
  editReviewComment,
  isReviewEvent,
  type NewComment,
  submitReview,
} from "../acts/reviews.ts";
import { invalid, notFound } from "../api-error.ts";
import { type Call, created, type Handler, none, ok, PULLS, paged, type Route, route } from "../call.ts";
import { review as present, reviewComment as presentComment } from "../present/pull.ts";
import type { Review, ReviewComment } from "../records.ts";
import { issueKey } from "../world.ts";

const list: Handler = (call) => {
  const me = call.actor.account?.login;
  const shown = call.world.store.reviews
    .in(issueKey(call.pull))
    .filter((r) => r.state !== "PENDING" || r.user === me);
  return paged(call, shown, (review) => present(call.world, review));
};

function one(call: Call): Review {
  const { pull } = call;
  const found = call.world.store.reviews.get(call.param("review"));
  if (found?.repo !== pull.repo || found.issue !== pull.number) throw notFound();
  return found;
}

function newComment(value: unknown): NewComment {
  const { path, body, line, position, side } = value as Record<string, unknown>;
  if (typeof path !== "string" || typeof body !== "string") throw invalid("PullRequestReviewComment", "body");
  return { path, body, line: Number(line ?? position) || null, side: side === "LEFT" ? "LEFT" : "RIGHT" };
}

const create: Handler = async (call) => {
  const { world, pull, body } = call;
  const { login } = call.needAccount(["pull_requests"]);
  const event = call.text("event");
  if (event && event !== "PENDING" && !isReviewEvent(event)) throw invalid("PullRequestReview", "event");
  const review = await createReview(world, pull, login, {
    event: event === "PENDING" ? undefined : event,
    body: call.text("body") ?? "",
    commit: call.text("commit_id"),
    comments: Array.isArray(body["comments"]) ? body["comments"].map(newComment) : [],
  });
  return ok(present(world, review));
};

const submit: Handler = (call) => {
  const review = one(call);
  const { login } = call.needAccount(["pull_requests"]);
  if (review.user !== login || review.state !== "PENDING") throw notFound();
  submitReview(
    call.world,
    review,
    login,
    call.requiredText("event", "PullRequestReview"),
    call.text("body") ?? review.body,
  );
  return ok(present(call.world, review));
};

const dismiss: Handler = (call) => {
  call.need(PULLS);
  const review = one(call);
  dismissReview(call.world, review, call.account.login, call.requiredText("message", "PullRequestReview"));
  return ok(present(call.world, review));
};

const update: Handler = (call) => {
  const review = one(call);
  const { login } = call.needAccount(["pull_requests"]);
  if (review.user !== login) call.need(PULLS);
  editReview(call.world, review, login, call.text("body") ?? "");
  return ok(present(call.world, review));
};

const remove: Handler = (call) => {
  const review = one(call);
  if (review.state !== "PENDING" || review.user !== call.account.login)
    throw invalid("PullRequestReview", "state");
  call.world.store.reviews.remove(review);
  return ok(present(call.world, review));
};

const listComments: Handler = (call) =>
  paged(call, call.world.store.reviewComments.in(issueKey(call.pull)), (row) =>
    presentComment(call.world, row),
  );

const commentsOfRepo: Handler = (call) => {
  const { repo, world } = call;
  const rows = world.store.reviewComments.all().filter((row) => row.repo === repo.id);
  return paged(call, rows, (row) => presentComment(world, row));
};

const commentsOfReview: Handler = (call) => {
  const review = one(call);
  const rows = call.world.store.reviewComments
    .in(issueKey(call.pull))
    .filter((row) => row.review === review.id);
  return paged(call, rows, (row) => presentComment(call.world, row));
};

const comment: Handler = async (call) => {
  const { world, pull, body } = call;
  const { login } = call.needAccount(["pull_requests"]);
  const replyTo = call.params["comment"] ?? body["in_reply_to"];
  const first = replyTo === undefined ? undefined : world.store.reviewComments.get(String(replyTo));
  if (replyTo !== undefined && !first) throw notFound();
  const wanted = newComment(first ? { ...first, ...body, path: first.path } : body);
  const made = await createReviewComment(world, pull, login, {
    ...wanted,
    commit: call.text("commit_id"),
    replyTo: first?.id ?? null,
  });
  return created(presentComment(world, made));
};

function oneComment(call: Call): ReviewComment {
  const found = call.world.store.reviewComments.get(call.param("comment"));
  if (found?.repo !== call.repo.id) throw notFound();
  return found;
}

function needChange(call: Call, found: ReviewComment): string {
  const { login } = call.needAccount(["pull_requests"]);
  if (found.user !== login) call.need(PULLS);
  return login;
}

const updateComment: Handler = (call) => {
  const found = oneComment(call);
  editReviewComment(
    call.world,
    found,
    needChange(call, found),
    call.requiredText("body", "PullRequestReviewComment"),
  );
  return ok(presentComment(call.world, found));
};

const removeComment: Handler = (call) => {
  const found = oneComment(call);
  deleteReviewComment(call.world, found, needChange(call, found));
  return none;
};

const PULLS_URL = "/repos/:owner/:repo/pulls";
const PULL = `${PULLS_URL}/:number{[0-9]+}`;
const REVIEW = `${PULL}/reviews/:review{[0-9]+}`;
const COMMENT = `${PULLS_URL}/comments/:comment{[0-9]+}`;

export const reviewRoutes: Route[] = [
  route("GET", `${PULL}/reviews`, list),
  route("POST", `${PULL}/reviews`, create),
  route("GET", REVIEW, (call) => ok(present(call.world, one(call)))),
  route("PUT", REVIEW, update),
  route("DELETE", REVIEW, remove),
  route("POST", `${REVIEW}/events`, submit),
  route("PUT", `${REVIEW}/dismissals`, dismiss),
  route("GET", `${REVIEW}/comments`, commentsOfReview),
  route("GET", `${PULLS_URL}/comments`, commentsOfRepo),
  route("GET", `${PULL}/comments`, listComments),
  route("POST", `${PULL}/comments`, comment),
  route("POST", `${PULL}/comments/:comment{[0-9]+}/replies`, comment),
  route("GET", COMMENT, (call) => ok(presentComment(call.world, oneComment(call)))),
  route("PATCH", COMMENT, updateComment),
  route("DELETE", COMMENT, removeComment),
];
