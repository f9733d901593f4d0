// Pull requests as the bot sees them: one with all its runs by commit and what it still needs; or all that are known.
import { html } from "hono/html";
import { type IssueRef, issueName } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Pull } from "../model/refs.ts";
import type { TideHistory, TidePull, TideSnapshot } from "../model/tide-snapshot.ts";
import { jobPath, pullPath, whyPath } from "./addresses.ts";
import { ago, jobLength, link, shortSHA, stateBadge } from "./format.ts";
import { newestFirst } from "./job-filter.ts";
import type { Html } from "./layout.ts";
import { contexts, whyNot } from "./tide-page.ts";

/** Jobs of one pull request, newest first; batches it was part of among them. */
export function jobsOfPull(jobs: ProwJob[], { org, repo, number }: IssueRef): ProwJob[] {
  return jobs
    .filter(({ spec: { refs } }) => refs?.org === org && refs.repo === repo)
    .filter(({ spec }) => spec.refs?.pulls?.some((pull) => pull.number === number))
    .sort(newestFirst);
}

function tidePullOf(
  snapshot: TideSnapshot | undefined,
  { org, repo, number }: IssueRef,
): TidePull | undefined {
  return snapshot?.pools
    .filter((pool) => pool.org === org && pool.repo === repo)
    .flatMap(({ pulls }) => pulls)
    .find((pull) => pull.number === number);
}

/** Whether tide's history says that it merged this one. */
function tideMerged(history: TideHistory | undefined, { org, repo, number }: IssueRef): boolean {
  return Object.entries(history ?? {}).some(
    ([pool, records]) =>
      pool.startsWith(`${org}/${repo}:`) &&
      records.some(
        ({ action, err, target }) =>
          MERGES.has(action) && !err && target?.some((pull) => pull.number === number),
      ),
  );
}

const MERGES: ReadonlySet<string> = new Set(["MERGE", "MERGE_BATCH"]);

export interface TideView {
  snapshot?: TideSnapshot;
  history?: TideHistory;
}

export function pullPage(pr: IssueRef, jobs: ProwJob[], { snapshot, history }: TideView, now: Date): Html {
  const tide = tidePullOf(snapshot, pr);
  const pull = jobs.flatMap(({ spec }) => spec.refs?.pulls ?? []).find(({ number }) => number === pr.number);
  const commits = Map.groupBy(jobs, (job) => shaOf(job, pr.number) ?? "");
  return html`<h1>${pr.org}/${pr.repo} ${link(pull?.link, `#${pr.number}`)} ${tide?.title ?? pull?.title ?? ""} <small><a href="${whyPath(pr)}">Why?</a></small></h1>
${tide ? mergeBox(tide) : html`<p class="dim">${tideMerged(history, pr) ? html`<span class="state success">✓ merged</span> by tide.` : "Tide does not consider it: it is closed or merged, or no query covers it."}</p>`}
${commits.size === 0 ? html`<p class="empty">No job of it is known.</p>` : ""}
${[...commits].map(([sha, runs]) => commitSection(sha, runs, pr.number, now))}`;
}

const shaOf = ({ spec }: ProwJob, number: number): string | undefined =>
  spec.refs?.pulls?.find((pull) => pull.number === number)?.sha;

function mergeBox(pull: TidePull): Html {
  const verdict = pull.inPool
    ? html`<span class="state success">✓ in the merge pool${pull.queuePosition ? `, place ${pull.queuePosition}` : ""}</span>`
    : html`<span class="state aborted">⊘ will not merge yet</span>`;
  return html`<section class="pool"><h2>Will it merge?</h2><p>${verdict}</p>${whyNot(pull)}${contexts(pull.contexts)}</section>`;
}

function commitSection(sha: string, runs: ProwJob[], number: number, now: Date): Html {
  const pull = runs[0]?.spec.refs?.pulls?.find((candidate) => candidate.number === number);
  return html`<h2>${link(pull?.commit_link, shortSHA(sha))}</h2>
<table><thead><tr><th>State</th><th>Job</th><th>What happened</th><th>On base</th><th>Started</th><th class="number">Took</th></tr></thead><tbody>
${runs.map(
  (job) => html`<tr><td>${stateBadge(job.status.state)}</td>
<td><a href="${jobPath(job)}">${job.spec.job}</a>${job.spec.type === "batch" ? html` <span class="dim">in a batch</span>` : ""}</td>
<td>${job.status.description ?? ""}</td><td data-label="On base">${shortSHA(job.spec.refs?.base_sha)}</td>
<td>${ago(job.status.startTime, now)}</td><td class="number">${jobLength(job, now)}</td></tr>`,
)}</tbody></table>`;
}

interface KnownPull extends IssueRef {
  title: string;
  author: string;
  tide?: TidePull;
  /** By tide, as far back as its history goes. */
  merged?: boolean;
  /** Newest run of each job. */
  runs: ProwJob[];
}

/** Every pull request that tide or a job knows of; `author` narrows it down. */
export function knownPulls(jobs: ProwJob[], { snapshot, history }: TideView, author?: string): KnownPull[] {
  const pulls = new Map<string, KnownPull>();
  const enter = (ref: IssueRef, title: string, login: string): KnownPull => {
    const key = issueName(ref);
    const known = pulls.get(key) ?? { ...ref, title, author: login, runs: [] };
    pulls.set(key, known);
    return known;
  };
  for (const { org, repo, pulls: list } of snapshot?.pools ?? []) {
    for (const pull of list) enter({ org, repo, number: pull.number }, pull.title, pull.author).tide = pull;
  }
  for (const job of [...jobs].sort(newestFirst)) {
    const { refs, type } = job.spec;
    const pull: Pull | undefined = type === "presubmit" ? refs?.pulls?.[0] : undefined;
    if (!refs || !pull) continue;
    const known = enter(
      { org: refs.org, repo: refs.repo, number: pull.number },
      pull.title ?? "",
      pull.author,
    );
    known.merged ??= tideMerged(history, known);
    if (!known.runs.some(({ spec }) => spec.job === job.spec.job)) known.runs.push(job);
  }
  const wanted = author?.toLowerCase();
  return [...pulls.values()].filter((pull) => !wanted || pull.author.toLowerCase() === wanted);
}

export function pullsPage(pulls: KnownPull[], author: string | undefined): Html {
  return html`<h1>Pull requests</h1>
<form class="filters" method="get" action="/pr"><label>Author <input name="author" value="${author ?? ""}"></label> <button>Filter</button></form>
${pulls.length === 0 ? html`<p class="empty">None is known.</p>` : ""}
<table><thead><tr><th>Pull request</th><th>Newest runs</th><th>Merging</th></tr></thead><tbody>
${pulls.map(
  (
    pull,
  ) => html`<tr><td><a href="${pullPath(pull)}">${issueName(pull)} ${pull.title}</a> <span class="dim">${pull.author}</span></td>
<td>${pull.runs.map((job) => html`<a class="plain" href="${jobPath(job)}">${stateBadge(job.status.state)} ${job.spec.job}</a> `)}</td>
<td>${pull.tide ? (pull.tide.inPool ? html`<span class="state success">✓ in the pool</span>` : whyNot(pull.tide)) : pull.merged ? html`<span class="state success">✓ merged</span>` : html`<span class="dim">closed, merged, or not covered by tide</span>`}</td></tr>`,
)}</tbody></table>`;
}

/** Prow's links carry a GitHub search: `is:pr state:open author:NAME`. */
export const authorOfQuery = (query: URLSearchParams): string | undefined =>
  query.get("author") || /\bauthor:"?([^\s"]+)/.exec(query.get("query") ?? "")?.[1] || undefined;
