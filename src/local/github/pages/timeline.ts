// The conversation of an issue or a pull request: comments, reviews, events and commits in the order they happened.
import { html } from "hono/html";
import { commitsOf } from "../git/pull-data.ts";
import type { Issue, IssueEvent, Repo } from "../records.ts";
import { gitOf, isPull, issueKey, type World } from "../world.ts";
import { type Html, label, person, rendered, sha, time } from "./layout.ts";

interface Item {
  at: string;
  /** Ids grow with time and order what happened in the same second. */
  id: number;
  shown: Html;
}

const card = (world: World, who: string, at: string, what: string, id: string, text: string | null): Html =>
  html`<article class="box" id="${id}"><div class="head">${person(world, who)} <span class="soft">${what} ${time(at)}</span></div>
<div class="body">${text === null ? "" : rendered(text)}</div></article>`;

const detail = (event: IssueEvent, field: string, key: string): string => {
  const value = event.detail[field];
  return typeof value === "object" && value !== null
    ? String((value as Record<string, unknown>)[key] ?? "")
    : "";
};

function words(repo: Repo, event: IssueEvent): Html | undefined {
  switch (event.event) {
    case "labeled":
      return html`added ${label(repo, detail(event, "label", "name"))}`;
    case "unlabeled":
      return html`removed ${label(repo, detail(event, "label", "name"))}`;
    case "assigned":
      return html`assigned <strong>${detail(event, "assignee", "login")}</strong>`;
    case "unassigned":
      return html`unassigned <strong>${detail(event, "assignee", "login")}</strong>`;
    case "review_requested":
      return html`asked <strong>${detail(event, "requested_reviewer", "login") || detail(event, "requested_team", "slug")}</strong> for a review`;
    case "review_request_removed":
      return html`no longer asks <strong>${detail(event, "requested_reviewer", "login")}</strong> for a review`;
    case "milestoned":
      return html`added this to the milestone <strong>${detail(event, "milestone", "title")}</strong>`;
    case "demilestoned":
      return html`removed this from the milestone <strong>${detail(event, "milestone", "title")}</strong>`;
    case "renamed":
      return html`changed the title from “${detail(event, "rename", "from")}” to “${detail(event, "rename", "to")}”`;
    case "merged":
      return html`<strong class="done">merged</strong> this as ${sha(repo, event.commit_id ?? "")}`;
    case "closed":
      return event.commit_id ? undefined : html`<strong class="bad">closed</strong> this`;
    case "reopened":
      return html`<strong class="good">reopened</strong> this`;
    case "head_ref_force_pushed":
      return html`force-pushed the branch to ${sha(repo, event.commit_id ?? "")}`;
    case "head_ref_deleted":
      return html`deleted the branch`;
    case "convert_to_draft":
      return html`made this a draft`;
    case "ready_for_review":
      return html`marked this ready for review`;
    case "review_dismissed":
      return html`dismissed a review`;
    case "base_ref_changed":
      return html`changed the base branch`;
    default:
      return html`${event.event.replaceAll("_", " ")}`;
  }
}

const REVIEWS = {
  APPROVED: "approved these changes",
  CHANGES_REQUESTED: "requested changes",
  COMMENTED: "reviewed",
  DISMISSED: "reviewed (dismissed)",
  PENDING: "",
};

async function commits(world: World, repo: Repo, issue: Issue): Promise<Item[]> {
  if (!isPull(issue)) return [];
  const items: Item[] = [];
  // A commit's own date says when it was made; the story is about when it was pushed: with the next head above it.
  const pushes = new Map(issue.pull.pushes?.map((push) => [push.sha, push]));
  let push = { id: issue.id, at: issue.created_at };
  for (const one of (await commitsOf(world, issue)).reverse()) {
    const { message, author } = await gitOf(world, repo).commit(one);
    push = pushes.get(one) ?? push;
    const shown = html`<p class="event">⎇ ${author.name} committed ${sha(repo, one)} ${message.split("\n")[0]}</p>`;
    items.push({ at: push.at, id: push.id, shown });
  }
  return items.reverse();
}

export async function timeline(world: World, repo: Repo, issue: Issue): Promise<Html[]> {
  const key = issueKey(issue);
  const items = await commits(world, repo, issue);
  for (const { created_at, id, user, body } of world.store.comments.in(key))
    items.push({
      at: created_at,
      id,
      shown: card(world, user, created_at, "commented", `issuecomment-${id}`, body),
    });
  for (const event of world.store.events.in(key)) {
    const text = words(repo, event);
    const shown =
      text && html`<p class="event">${person(world, event.actor)} ${text} ${time(event.created_at)}</p>`;
    if (shown) items.push({ at: event.created_at, id: event.id, shown });
  }
  for (const review of world.store.reviews.in(key)) {
    if (!review.submitted_at) continue;
    const shown = card(
      world,
      review.user,
      review.submitted_at,
      REVIEWS[review.state],
      `pullrequestreview-${review.id}`,
      review.body || null,
    );
    items.push({ at: review.submitted_at, id: review.id, shown });
  }
  for (const { created_at, id, user, body, path, line } of world.store.reviewComments.in(key))
    items.push({
      at: created_at,
      id,
      shown: card(
        world,
        user,
        created_at,
        `on ${path}${line ? ` line ${line}` : ""}`,
        `discussion_r${id}`,
        body,
      ),
    });
  items.sort((a, b) => a.at.localeCompare(b.at) || a.id - b.id);
  return items.map((item) => item.shown);
}

export const opening = (world: World, issue: Issue): Html =>
  card(world, issue.user, issue.created_at, "opened this", `issue-${issue.number}`, issue.body ?? "");
