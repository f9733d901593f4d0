// What tide sees: each pool with its next action, and for each pull request why it is not merging.
import { html } from "hono/html";
import { refOfScope, repoName } from "../model/github.ts";
import type {
  TideContext,
  TideHistory,
  TidePoolSnapshot,
  TidePull,
  TideSnapshot,
} from "../model/tide-snapshot.ts";
import { pullPath, whyPath } from "./addresses.ts";
import { ago, link, shortSHA } from "./format.ts";
import type { Html } from "./layout.ts";

const ACTIONS: Record<TidePoolSnapshot["action"], string> = {
  WAIT: "waiting",
  TRIGGER: "testing on the newest base",
  TRIGGER_BATCH: "testing several together",
  MERGE: "merging",
  MERGE_BATCH: "merging a batch",
  BLOCKED: "blocked",
};

export function tidePage(snapshot: TideSnapshot, history: TideHistory, now: Date): Html {
  return html`<h1>Tide</h1>
<p class="dim">Looked ${ago(snapshot.time, now)}.</p>
${snapshot.pools.length === 0 ? html`<p class="empty">No open pull request is covered by a tide query.</p>` : ""}
${snapshot.pools.map((pool) => poolSection(pool))}
${historySection(history, now)}`;
}

function poolSection(pool: TidePoolSnapshot): Html {
  const repo = repoName(pool);
  return html`<section class="pool">
<h2>${repo} <span class="dim">${pool.branch}${pool.baseSHA ? ` at ${shortSHA(pool.baseSHA)}` : ""}</span></h2>
<p><strong>${ACTIONS[pool.action]}</strong> ${pool.target.map((number) => html` #${number}`)}
${pool.batch ? html` · batch ${pool.batch.numbers.map((number) => html` #${number}`)} ${pool.batch.state}` : ""}</p>
${pool.error ? html`<p class="banner" role="alert">${pool.error}</p>` : ""}
${pool.blockers.map((blocker) => html`<p class="banner">Merging is blocked by ${link(blocker.url, `#${blocker.number} ${blocker.title}`)}</p>`)}
<table><thead><tr><th>Pull request</th><th>Merges?</th><th>Why not yet</th><th>Checks</th></tr></thead>
<tbody>${pool.pulls.map((pull) => pullRow(pool, pull))}</tbody></table>
</section>`;
}

function pullRow({ org, repo }: TidePoolSnapshot, pull: TidePull): Html {
  const ref = { org, repo, number: pull.number };
  return html`<tr>
<td><a href="${pullPath(ref)}">#${pull.number} ${pull.title}</a> <span class="dim">${pull.author}</span></td>
<td>${pull.inPool ? html`<span class="state success">✓ in the pool${pull.queuePosition ? `, place ${pull.queuePosition}` : ""}</span>` : html`<span class="state aborted">⊘ not yet</span>`}</td>
<td>${whyNot(pull)} <a href="${whyPath(ref)}">Why?</a></td>
<td>${contexts(pull.contexts)}</td>
</tr>`;
}

/** The same reasons that tide's status tells, every one of them. */
export function whyNot({ reasons, missingJobs }: TidePull): Html {
  const waiting = missingJobs.length > 0 ? [`Must pass on the newest base: ${missingJobs.join(", ")}.`] : [];
  const all = [...reasons.map(({ text }) => text), ...waiting];
  if (all.length === 0) return html`<span class="dim">nothing is in the way</span>`;
  return html`<ul class="reasons">${all.map((text) => html`<li>${text}</li>`)}</ul>`;
}

const CONTEXT_STATES = {
  success: "success",
  pending: "pending",
  failure: "failure",
  missing: "none",
} as const;
const CONTEXT_MARKS = { success: "✓", pending: "◐", failure: "✗", missing: "–" } as const;

export function contexts(list: TideContext[]): Html {
  return html`<ul class="contexts">${list.map(
    ({ name, state, url, required }) =>
      html`<li><span class="state ${CONTEXT_STATES[state]}"><span aria-hidden="true">${CONTEXT_MARKS[state]}</span><span class="skip">${state}</span></span> ${link(url, name)}${required ? "" : html` <span class="dim">optional</span>`}</li>`,
  )}</ul>`;
}

/** `pool` is `org/repo:branch`. */
const historyPath = (pool: string, number: number): string =>
  pullPath({ ...refOfScope(pool.replace(/:.*$/s, "")), number });

function historySection(history: TideHistory, now: Date): Html {
  const records = Object.entries(history)
    .flatMap(([pool, list]) => list.map((record) => ({ pool, ...record })))
    .sort((a, b) => (a.time < b.time ? 1 : -1))
    .slice(0, 50);
  if (records.length === 0) return html``;
  return html`<h2>What tide did</h2>
<table><thead><tr><th>When</th><th>Pool</th><th>Action</th><th>Pull requests</th><th>Trouble</th></tr></thead><tbody>
${records.map(
  ({
    pool,
    time,
    action,
    target,
    err,
  }) => html`<tr><td>${ago(time, now)}</td><td>${pool}</td><td>${ACTIONS[action]}</td>
<td>${(target ?? []).map(({ number, title }) => html`<a href="${historyPath(pool, number)}">#${number} ${title ?? ""}</a> `)}</td><td>${err ?? ""}</td></tr>`,
)}</tbody></table>`;
}
