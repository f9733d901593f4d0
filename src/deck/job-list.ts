// The job list: filters as a form, one row a job, kept current by the server.
import { html } from "hono/html";
import { repoName } from "../model/github.ts";
import { PROW_JOB_STATES, PROW_JOB_TYPES, type ProwJob } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";
import { jobPath } from "./addresses.ts";
import { ago, jobLength, link, shortSHA, stateBadge } from "./format.ts";
import { filterQuery, type JobFilter, matches, newestFirst } from "./job-filter.ts";
import type { Html } from "./layout.ts";

const PAGE_SIZE = 100;

/** Hidden jobs are left out before this is called. */
export function jobListPage(jobs: ProwJob[], filter: JobFilter, now: Date): Html {
  const found = jobs.filter((job) => matches(filter, job)).sort(newestFirst);
  const from = (filter.page - 1) * PAGE_SIZE;
  const rows = found.slice(from, from + PAGE_SIZE);
  const live = filter.page === 1 ? html`data-live="/job-events?${filterQuery(filter)}"` : "";
  return html`
<h1>Jobs</h1>
${counts(found)}
${filterForm(jobs, filter)}
<table class="jobs" ${live}>
<caption class="skip">Jobs, newest first</caption>
<thead><tr><th>State</th><th>Job</th><th>Repository</th><th>What</th><th>Started</th><th class="number">Took</th></tr></thead>
<tbody>${rows.map((job) => jobRow(job, now))}</tbody>
</table>
${rows.length === 0 ? html`<p class="empty">No job matches. <a href="/">Show all</a></p>` : ""}
${pager(filter, found.length)}`;
}

function counts(jobs: ProwJob[]): Html {
  const tally = new Map<string, number>();
  for (const { status } of jobs)
    tally.set(status.state ?? "none", (tally.get(status.state ?? "none") ?? 0) + 1);
  return html`<p class="counts">${jobs.length} jobs${PROW_JOB_STATES.filter((state) => tally.has(state)).map(
    (state) => html` · ${stateBadge(state)} ${tally.get(state)}`,
  )}</p>`;
}

function filterForm(jobs: ProwJob[], filter: JobFilter): Html {
  const known = (pick: (job: ProwJob) => string | undefined) =>
    [...new Set(jobs.map(pick).filter((name): name is string => Boolean(name)))].sort();
  const repos = known(({ spec }) => spec.refs && repoName(spec.refs));
  const authors = known(({ spec }) => spec.refs?.pulls?.[0]?.author);
  return html`
<form class="filters" method="get" action="/" role="search">
${select("repo", "Repository", repos, filter.repo)}
${select("type", "Type", PROW_JOB_TYPES, filter.type)}
${select("state", "State", PROW_JOB_STATES, filter.state)}
${select("author", "Author", authors, filter.author)}
<label>Pull request <input name="pull" inputmode="numeric" size="6" value="${filter.pull ?? ""}"></label>
<label>Job <input name="job" placeholder="name or part*" value="${filter.job ?? ""}"></label>
<button>Filter</button>
</form>`;
}

function select(name: string, label: string, options: readonly string[], chosen: string | undefined): Html {
  const all = chosen && !options.includes(chosen) ? [chosen, ...options] : options;
  return html`<label>${label} <select name="${name}"><option value="">any</option>${all.map(
    (option) => html`<option ${option === chosen ? html`selected` : ""}>${option}</option>`,
  )}</select></label>`;
}

function pager(filter: JobFilter, total: number): Html {
  const pages = Math.ceil(total / PAGE_SIZE);
  if (pages <= 1) return html``;
  const to = (page: number, text: string) =>
    page >= 1 && page <= pages ? html`<a href="/?${filterQuery(filter, { page })}">${text}</a>` : html``;
  return html`<nav class="pager" aria-label="Pages">${to(filter.page - 1, "← Newer")} page ${filter.page} of ${pages} ${to(filter.page + 1, "Older →")}</nav>`;
}

/** One row; also sent alone when the job changes. */
export function jobRow(job: ProwJob, now: Date): Html {
  const { spec, status, metadata } = job;
  const refs = mainRefs(spec);
  return html`<tr id="job-${metadata.name}">
<td>${stateBadge(status.state)}</td>
<td>${link(jobPath(job), spec.job)} <span class="dim">${spec.type}</span></td>
<td>${refs ? link(refs.repo_link, repoName(refs)) : "–"}</td>
<td>${what(job)}</td>
<td>${ago(status.startTime, now)}</td>
<td class="number">${jobLength(job, now)}</td>
</tr>`;
}

function what({ spec }: ProwJob): Html {
  const refs = spec.refs;
  const pulls = refs?.pulls ?? [];
  if (!refs) return html`<span class="dim">on schedule</span>`;
  if (pulls.length === 0) return html`${refs.base_ref} ${link(refs.base_link, shortSHA(refs.base_sha))}`;
  return html`${pulls.map((pull, index) => {
    const name = pulls.length === 1 && pull.title ? `#${pull.number} ${pull.title}` : `#${pull.number}`;
    return html`${index > 0 ? ", " : ""}${link(pull.link, name)}`;
  })} <span class="dim">${pulls.length === 1 ? pulls[0]!.author : "tested together"}</span>`;
}
