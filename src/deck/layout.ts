// The frame of every page: navigation, title, styles; no script is needed to read or filter anything.
import type { Context } from "hono";
import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

/** Answers with a body in the frame of every page. */
export type Show = (
  c: Context,
  title: string,
  body: Html,
  status?: 200 | 404,
) => Response | Promise<Response>;

export interface PageOptions {
  title: string;
  /** Path of the navigation entry that is current. */
  section?: string;
  body: Html | Html[];
  /** Says what is wrong with the configuration, on every page, while an older one is in force. */
  banner?: string;
}

/** The body of a page that has nothing to show, and says why. */
export const untold = (title: string, why: string): Html =>
  html`<h1>${title}</h1><p class="empty">${why}</p>`;

const NAVIGATION = [
  ["/", "Jobs"],
  ["/pr", "Pull requests"],
  ["/tide", "Tide"],
  ["/why", "Why?"],
  ["/command-help", "Commands"],
  ["/plugins", "Plugins"],
  ["/dead-letters", "Dead letters"],
] as const;

export function page({ title, section, body, banner }: PageOptions): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Cutwater</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/deck.css">
<script src="/static/deck.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<a class="brand" href="/"><img src="/static/icon.svg" alt="" width="24" height="24"> Cutwater</a>
<nav aria-label="Main">${NAVIGATION.map(
    ([href, name]) =>
      html`<a href="${href}" ${href === section ? html`aria-current="page"` : ""}>${name}</a>`,
  )}</nav>
</header>
${banner ? html`<p class="banner" role="alert">${banner} <a href="/config-status">Every problem, with its line</a></p>` : ""}
<main id="main">
${body}
</main>
</body>
</html>`;
}
