// Webhooks keep the views up to date: news goes in where it can be told exactly, and anything else is forgotten.
import type { Clock } from "../lib/clock.ts";
import { repoOf as signedFor } from "../model/delivery.ts";
import type { IssueComment, IssueRef, RepoRef } from "../model/github.ts";
import * as decode from "../model/github-decode.ts";
import type { Answers } from "./answers.ts";
import type { Echoes } from "./echoes.ts";
import { parseOneComment } from "./one-comment/document.ts";
import { type PullNews, type PullView, pullView, withNews } from "./pull-view.ts";
import { forgetTrust } from "./trust.ts";
import {
  forgetBranch,
  forgetIssue,
  forgetLabels,
  forgetRepo,
  viewKey,
  withComment,
  withoutComment,
} from "./views.ts";

/** Takes in a verified payload. Never throws. */
export type Hear = (event: string, payload: Record<string, unknown>) => void;

/** What is told later than this, or by a clock that is further off, is a reason to look again, but no news. */
const NEWS_MS = 10_000;

/** Actions on an issue or pull request that leave its conversation and its files as they are. */
const BESIDES = new Set([
  ..."labeled unlabeled assigned unassigned milestoned demilestoned locked unlocked pinned unpinned".split(
    " ",
  ),
  ..."review_requested review_request_removed auto_merge_enabled auto_merge_disabled".split(" "),
]);

/** Of these, what they say is put into what is known of the pull request. */
const TELLING = new Set(["labeled", "unlabeled", "assigned", "unassigned"]);

interface Ears {
  views: Answers;
  trust: Answers;
  echoes: Pick<Echoes, "heard">;
  clock: Pick<Clock, "now">;
}

type Take = (payload: decode.Json, ears: Ears) => void;

const TAKE = new Map<string, Take>([
  ["issue_comment", comment],
  ["pull_request", pullRequest],
  ["pull_request_review", review],
  ["pull_request_review_comment", review],
  ["issues", (payload, ears) => aboutIssue(payload, issueOf(payload, "issue"), ears)],
  ["push", (payload, { views }) => forgetBranch(views, repoOf(payload), branchOf(payload))],
  ["create", (payload, { views }) => forgetBranch(views, repoOf(payload), branchOf(payload))],
  ["delete", (payload, { views }) => forgetBranch(views, repoOf(payload), branchOf(payload))],
  ["label", (payload, { views }) => forgetLabels(views, repoOf(payload))],
  ["repository", repository],
  ["member", people],
  ["membership", people],
  ["organization", people],
  ["team", people],
  ["team_add", people],
]);

/** Events that change what is known. */
export const HEARD: ReadonlySet<string> = new Set(TAKE.keys());

export function hearing(ears: Ears): Hear {
  return (event, payload) => {
    try {
      TAKE.get(event)?.(decode.json(payload), ears);
    } catch {
      // Not what GitHub documents. It was signed for one repository or org, and may be about nothing else.
      const about = signedFor(payload);
      if (about?.repo) forgetRepo(ears.views, about);
      else if (!about) ears.views.forgetAll("");
      if (about) forgetTrust(ears.trust, about);
      else ears.trust.forgetAll("");
    }
  };
}

function repoOf(payload: decode.Json): RepoRef {
  const repository = decode.child(payload, "repository");
  const owner = decode.child(repository, "owner");
  return {
    org: decode.text(owner, "login", decode.has(owner, "name") ? decode.text(owner, "name") : undefined),
    repo: decode.text(repository, "name"),
  };
}

const orgOf = (payload: decode.Json): string =>
  decode.has(payload, "organization")
    ? decode.text(decode.child(payload, "organization"), "login")
    : repoOf(payload).org;

const issueOf = (payload: decode.Json, key: string): IssueRef => ({
  ...repoOf(payload),
  number: decode.whole(decode.child(payload, key), "number"),
});

/** Pushes name it with its namespace. */
const branchOf = (payload: decode.Json): string => decode.text(payload, "ref").replace(/^refs\/heads\//, "");

function comment(payload: decode.Json, ears: Ears): void {
  const { views } = ears;
  const issue = issueOf(payload, "issue");
  noteHeard(issue, ears);
  const key = viewKey("comments", issue);
  const written = decode.issueComment(decode.child(payload, "comment"));
  const action = decode.text(payload, "action");
  if (action === "created") ears.echoes.heard(written.id);
  const isPlain = action === "deleted" || (action === "created" && isNews(written.created_at, ears));
  // Where the bot has one comment for all, its parts are what is known here, and they come and go by edits.
  if (!isPlain || parseOneComment(written.body)) {
    views.forget(key);
    return;
  }
  const told = decode.child(payload, "issue");
  views.change<readonly IssueComment[]>(key, (list) => {
    const next = action === "created" ? withComment(list, written) : withoutComment(list, written.id);
    if (!next || !decode.has(told, "comments")) return next;
    // GitHub's count may not have the change yet. Any further off, something was not heard.
    const off = (next.length - decode.whole(told, "comments")) * (action === "created" ? 1 : -1);
    return off === 0 || off === 1 ? next : undefined;
  });
}

function pullRequest(payload: decode.Json, ears: Ears): void {
  const { views, clock } = ears;
  const issue = issueOf(payload, "pull_request");
  const firstHeard = !views.has(viewKey("heard", issue));
  aboutIssue(payload, issue, ears);
  const pr = decode.child(payload, "pull_request");
  const opened = decode.text(pr, "created_at", "");
  if (decode.text(payload, "action") !== "opened" || !firstHeard || !isNews(opened, ears)) return;
  // Nobody has said anything yet; whoever does from now on is heard.
  const asOf = new Date(Math.min(Date.parse(opened), clock.now().getTime()));
  views.put(viewKey("labels", issue), decode.items(pr, "labels", decode.label), asOf);
  if (decode.has(pr, "head")) views.put(viewKey("pull", issue), pullView(decode.pullRequest(pr)), asOf);
  if (decode.has(pr, "changed_files")) {
    views.put(viewKey("file-count", issue), decode.whole(pr, "changed_files"), asOf);
    views.begin(viewKey("files", issue));
  }
  if (decode.whole(pr, "comments", 0) === 0) views.put(viewKey("comments", issue), [], asOf);
  if (decode.whole(pr, "review_comments", 0) > 0) return;
  views.put(viewKey("reviews", issue), [], asOf);
  views.put(viewKey("review-comments", issue), [], asOf);
}

function aboutIssue(payload: decode.Json, issue: IssueRef, ears: Ears): void {
  noteHeard(issue, ears);
  if (!BESIDES.has(decode.text(payload, "action"))) {
    forgetIssue(ears.views, issue);
    return;
  }
  ears.views.forget(viewKey("labels", issue));
  const key = viewKey("pull", issue);
  const news = TELLING.has(decode.text(payload, "action")) ? pullNews(payload) : undefined;
  if (!news) ears.views.forget(key);
  else ears.views.change<PullView>(key, (view) => withNews(view, news, ears.clock.now().getTime()));
}

/** undefined for what is no pull request, or is told in parts. */
function pullNews(payload: decode.Json): PullNews | undefined {
  if (!decode.has(payload, "pull_request")) return undefined;
  const told = decode.child(payload, "pull_request");
  if (!decode.has(told, "head")) return undefined;
  const of = (key: string, name: string) =>
    decode.has(payload, key) ? decode.text(decode.child(payload, key), name) : undefined;
  const action = decode.text(payload, "action");
  const label = action.endsWith("labeled") ? of("label", "name") : undefined;
  const login = action.endsWith("assigned") ? of("assignee", "login") : undefined;
  const pull = decode.pullRequest(told);
  return { action, pull, ...(label !== undefined && { label }), ...(login !== undefined && { login }) };
}

function review(payload: decode.Json, ears: Ears): void {
  const issue = issueOf(payload, "pull_request");
  noteHeard(issue, ears);
  ears.views.forget(viewKey("reviews", issue));
  ears.views.forget(viewKey("review-comments", issue));
  // Whoever was asked for a review is not any more.
  ears.views.forget(viewKey("pull", issue));
}

function repository(payload: decode.Json, { views, trust }: Ears): void {
  forgetTrust(trust, repoOf(payload));
  forgetRepo(views, repoOf(payload));
}

function people(payload: decode.Json, { trust }: Ears): void {
  forgetTrust(trust, { org: orgOf(payload) });
}

/** Webhooks may overtake each other: an opening that comes second no longer tells how things stand. */
function noteHeard(issue: IssueRef, { views, clock }: Ears): void {
  views.put(viewKey("heard", issue), true, clock.now());
}

const isNews = (time: string, { clock }: Ears): boolean =>
  Math.abs(clock.now().getTime() - Date.parse(time)) <= NEWS_MS;
