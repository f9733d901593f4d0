// The frame of every page: header, who one is, and small pieces that several pages show.
import { html, raw } from "hono/html";
import type { Account, Issue, Repo } from "../records.ts";
import { accountOrGhost, fullName, type World } from "../world.ts";
import { markdown } from "./markdown.ts";

export type Html = ReturnType<typeof html>;

export interface Visit {
  world: World;
  /** Whom the person has chosen to be. */
  me: Account | undefined;
  /** Path and query, to come back to. */
  here: string;
}

export const people = (world: World): Account[] =>
  world.store.accounts.all().filter((found) => found.type === "User" && !found.login.includes("["));

export function layout({ world, me, here }: Visit, title: string, body: Html | Html[]): Html {
  const options = people(world).map(
    ({ login }) => html`<option value="${login}" ${login === me?.login ? "selected" : ""}>${login}</option>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/-/style.css">
<link rel="icon" href="data:,">
<script src="/-/live.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<nav aria-label="Site"><a href="/">GitHub on this machine</a></nav>
<form method="post" action="/-/who">
<label for="who">You are</label>
<select id="who" name="who">${options}</select>
<input type="hidden" name="back" value="${here}">
<button>Change</button>
</form>
</header>
<main id="main">${body}</main>
</body>
</html>`;
}

export const avatar = (world: World, login: string): Html =>
  html`<img class="avatar" src="/_cutwater/avatars/${accountOrGhost(world, login).id}.svg" alt="">`;

export function person(world: World, login: string): Html {
  const bot = accountOrGhost(world, login).type === "Bot" ? html` <span class="bot">bot</span>` : "";
  return html`${avatar(world, login)} <strong>${login}</strong>${bot}`;
}

/** The colour comes as an SVG attribute: the content security policy allows no inline styles. */
export function label(repo: Repo, name: string): Html {
  const found = repo.labels.find((known) => known.name === name);
  const dot = html`<svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="#${found?.color ?? "ededed"}"/></svg>`;
  return html`<span class="label" title="${found?.description ?? ""}">${dot}${name}</span>`;
}

export const time = (at: string): Html =>
  html`<time datetime="${at}">${at.replace("T", " ").replace("Z", " UTC")}</time>`;

export const rendered = (text: string | null): Html =>
  text?.trim() ? html`${raw(markdown(text))}` : html`<p class="soft">No description provided.</p>`;

export const sha = (repo: Repo, full: string): Html =>
  html`<a class="sha" href="/${fullName(repo)}/commit/${full}">${full.slice(0, 7)}</a>`;

export function state(issue: Issue): Html {
  const name = issue.pull?.merged_at
    ? "merged"
    : issue.state === "closed"
      ? "closed"
      : issue.pull?.draft
        ? "draft"
        : "open";
  return html`<span class="state ${name}">${name[0]?.toUpperCase()}${name.slice(1)}</span>`;
}

export const crumbs = (repo: Repo, ...rest: Html[]): Html =>
  html`<p class="row"><a href="/${repo.owner}">${repo.owner}</a> / <a href="/${fullName(repo)}"><strong>${repo.name}</strong></a>${rest.map((part) => html` / ${part}`)}</p>`;

/** A comment box for whoever the person has chosen to be, or another of the demo's users. */
export function commentForm({ world, me }: Visit, action: string): Html {
  if (!me) return html``;
  const options = people(world).map(
    ({ login }) => html`<option ${login === me.login ? "selected" : ""}>${login}</option>`,
  );
  return html`<form class="box" method="post" action="${action}">
<div class="body">
<p><label for="body">Comment</label> <span class="soft">commands too, such as <code>/lgtm</code>, <code>/approve</code>, <code>/hold</code>, <code>/retest</code></span></p>
<textarea id="body" name="body" required></textarea>
<div class="row"><label for="as">as</label><span><select id="as" name="as">${options}</select></span><button class="main">Comment</button></div>
</div></form>`;
}
