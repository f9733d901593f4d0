// Why a pull request is where it is: the story that `cutwater why` prints, from the record.
import type { Hono } from "hono";
import { html } from "hono/html";
import { errorText } from "../lib/error-text.ts";
import { type IssueRef, issueName, issueOf, type RepoRef, repoName } from "../model/github.ts";
import { type Chapter, type Line, pullStory, type Story } from "../model/pull-story.ts";
import type { Entry } from "../record/port.ts";
import { pullPath, whyPath } from "./addresses.ts";
import type { DeckDeps } from "./deps.ts";
import { ago } from "./format.ts";
import { type Html, type Show, untold } from "./layout.ts";
import { isVisible } from "./visible-jobs.ts";
import { mayShowRepo } from "./visible-tide.ts";

/** Entries at first, and each time somebody asks for older ones so many times as many. */
const SHOWN = 300;
const OLDER = 4;
/** Of one pull request the record keeps no more. */
const MOST = 5_000;
const NAME = /^[\w.-]{1,100}$/;

export function whyPages(app: Hono, deps: DeckDeps, show: Show): void {
  app.get("/why", async (c) => {
    const { of = "", org = "", repo = "", pr = "", limit = "", v } = c.req.query();
    const typed = issueOf(of.trim());
    if (typed) return c.redirect(whyPath(typed));
    if (!NAME.test(org) || !NAME.test(repo) || !/^[1-9]\d{0,8}$/.test(pr)) {
      const asked = of || (org || repo || pr ? `${org}/${repo}#${pr}` : "");
      return show(c, "Why", formPage(asked), asked ? 404 : 200);
    }
    const ref = { org, repo, number: Number(pr) };
    const asked = {
      limit: Math.min(MOST, Math.max(SHOWN, Number.parseInt(limit, 10) || 0)),
      verbose: v === "1",
    };
    return show(c, `Why ${issueName(ref)}`, await whyPage(deps, ref, asked));
  });
}

/** `asked`: what was no pull request. */
const formPage = (asked: string): Html => html`<h1>Why</h1>
<p>What happened to a pull request, and what it still waits for.</p>
<form class="filters" method="get" action="/why"><label>Pull request <input name="of" value="${asked}" placeholder="org/repo#7" required></label> <button>Show</button></form>
${asked ? html`<p class="empty" role="alert">That is no pull request. Write org/repo#7, or its address.</p>` : ""}`;

interface Asked {
  limit: number;
  verbose: boolean;
}

async function whyPage(deps: DeckDeps, ref: IssueRef, asked: Asked): Promise<Html> {
  const title = `Why ${issueName(ref)}`;
  if (!deps.record)
    return untold(
      title,
      "Nothing is recorded that this deck could read: start it with --record=redis://…, or --queue=redis://…, as the other components.",
    );
  let entries: Entry[];
  try {
    entries = await deps.record.pull(ref, asked.limit);
  } catch (error) {
    deps.log.warn({ error }, "The record cannot be read.");
    return untold(title, `The record cannot be read: ${errorText(error)}.`);
  }
  const shown = visible(deps, ref, entries);
  if (shown.length === 0) return untold(title, "The record has nothing about it.");
  const story = pullStory(shown, { subject: issueName(ref), verbose: asked.verbose });
  return storyPage(
    ref,
    story,
    { ...asked, more: entries.length >= asked.limit && asked.limit < MOST },
    deps.clock.now(),
  );
}

/** GitHub does not tell names apart by case and neither does the record, so each entry is judged by its own. */
function visible(deps: DeckDeps, ref: RepoRef, entries: readonly Entry[]): Entry[] {
  if (!mayShowRepo(deps, ref)) return [];
  const names = new Map<string, boolean>();
  const mayShow = (repo: RepoRef): boolean => {
    const name = repoName(repo);
    const known = names.get(name) ?? mayShowRepo(deps, repo);
    names.set(name, known);
    return known;
  };
  const hidden = hiddenJobs(deps);
  return entries.filter(
    ({ org = ref.org, repo = ref.repo, job, prowjob }) =>
      mayShow({ org, repo }) && !(prowjob && hidden.objects.has(prowjob)) && !(job && hidden.names.has(job)),
  );
}

/** Those that are there, and those that the configuration hides: of most that the record tells of, no object is left. */
function hiddenJobs(deps: DeckDeps): { objects: ReadonlySet<string>; names: ReadonlySet<string> } {
  const { presubmits, postsubmits, periodics } = deps.config();
  const configured = [...Object.values(presubmits), ...Object.values(postsubmits), periodics].flat();
  const mayNot = deps.jobs.list().filter((job) => !isVisible(deps, job));
  const shownHidden = deps.showHidden || deps.hiddenOnly;
  return {
    objects: new Set(mayNot.map(({ metadata }) => metadata.name)),
    names: new Set(shownHidden ? [] : configured.filter(({ hidden }) => hidden).map(({ name }) => name)),
  };
}

function storyPage(
  ref: IssueRef,
  { chapters, end }: Story,
  asked: Asked & { more: boolean },
  now: Date,
): Html {
  const path = (change: Record<string, string>) =>
    whyPath(ref, { limit: String(asked.limit), ...(asked.verbose && { v: "1" }), ...change });
  return html`<h1>Why ${issueName(ref)}</h1>
${end ? html`<p class="headline">${end}</p>` : ""}
<p class="actions"><a href="${pullPath(ref)}">Its jobs</a>
${asked.verbose ? html`<a href="${path({ v: "0" })}">Only what counts</a>` : html`<a href="${path({ v: "1" })}">Show plugins that did nothing</a>`}
${asked.more ? html`<a href="${path({ limit: String(Math.min(MOST, asked.limit * OLDER)) })}">Older</a>` : ""}</p>
${chapters.length === 0 ? html`<p class="empty">Nothing of what is recorded led to anything.</p>` : ""}
${chapters.map((chapter) => section(chapter, now))}`;
}

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The whole of an id is there for who wants it. */
function short(detail: string): Html {
  const [id] = UUID.exec(detail) ?? [];
  if (!id) return html`${detail}`;
  return html`${detail.slice(0, -id.length)}<span title="${id}">${id.slice(0, 8)}</span>`;
}

function section({ at, head, details, because, lines }: Chapter, now: Date): Html {
  return html`<section class="pool story"><h2>${head} <span class="dim">${ago(at, now)}</span></h2>
${details.length > 0 ? html`<p class="dim">${details.map((detail, nth) => [nth > 0 ? " · " : "", short(detail)])}</p>` : ""}
${because.map((sentence) => html`<p>because: ${sentence}</p>`)}
${lines.length > 0 ? html`<ol>${lines.map(row)}</ol>` : ""}</section>`;
}

const MARKS = {
  done: ["success", "✓", "done"],
  failed: ["failure", "✗", "failed"],
  dry: ["none", "○", "dry run"],
  said: ["none", "·", "said"],
} as const;

function row({ at, who, text, outcome, error, ms }: Line): Html {
  const [state, mark, word] = MARKS[outcome];
  const took = ms !== undefined && ms >= 1_000 ? [`${(ms / 1_000).toFixed(1)} s`] : [];
  const notes = [...(outcome === "dry" ? ["dry run"] : []), ...took].join(", ");
  return html`<li><span class="dim" title="${at}">${at.slice(11, 19)}</span>
<span class="state ${state}"><span aria-hidden="true">${mark}</span><span class="skip">${word}</span></span>
<strong>${who}</strong>
<span class="${outcome === "said" ? "dim" : ""}">${text}${notes ? html` <span class="dim">(${notes})</span>` : ""}${error ? html`<br><span class="state failure wraps">${error}</span>` : ""}</span></li>`;
}
