// One run: what it was, how it ended, its log (live while it runs) and its artifacts.
import { html } from "hono/html";
import { plainLine } from "../lib/plain-line.ts";
import { repoName } from "../model/github.ts";
import { clusterOf, type ProwJob } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";
import type { ListPage } from "../storage/port.ts";
import { pullPath } from "./addresses.ts";
import { ago, jobLength, link, shortSHA, stateBadge } from "./format.ts";
import type { Html } from "./layout.ts";
import { isErrorLine, logLines } from "./log-lines.ts";
import type { LogExcerpt } from "./log-source.ts";
import { baseName, encodePath, inside, type StoragePath } from "./storage-path.ts";

export interface JobView {
  name: string;
  /** undefined for a run that sinker has cleaned up: storage still has it. */
  job?: ProwJob;
  /** Where its results are, if anywhere. */
  directory?: StoragePath;
  /** Parsed, or undefined while there is none. */
  started?: Record<string, unknown>;
  finished?: Record<string, unknown>;
  log?: LogExcerpt;
  /** What the run's pod says when there is no log. */
  trouble?: string[];
  artifacts: ListPage;
}

export function jobPage(view: JobView, now: Date): Html {
  const { name, job } = view;
  return html`
<h1>${state(view)} ${name}</h1>
${job ? facts(job, now) : storedFacts(view)}
${actions(view)}
${logSection(view)}
${artifactSection(view)}`;
}

function state({ job, finished }: JobView): Html {
  if (job) return stateBadge(job.status.state);
  const result = String(finished?.["result"] ?? "").toLowerCase();
  const known = { success: "success", failure: "failure", aborted: "aborted", error: "error" } as const;
  return stateBadge(known[result as keyof typeof known] ?? (finished ? "error" : undefined));
}

function facts(job: ProwJob, now: Date): Html {
  const { spec, status } = job;
  const refs = mainRefs(spec);
  return html`
<p class="headline">${status.description ?? ""}</p>
<dl class="facts">
${fact("Type", spec.type)}
${refs && fact("Repository", link(refs.repo_link, repoName(refs)))}
${refs && fact("Base", html`${refs.base_ref} ${link(refs.base_link, shortSHA(refs.base_sha))}`)}
${(spec.refs?.pulls ?? []).map((pull) =>
  fact(
    `#${pull.number}`,
    html`${link(pull.link, pull.title || `#${pull.number}`)} at ${link(pull.commit_link, shortSHA(pull.sha))} by ${link(pull.author_link, pull.author)}`,
  ),
)}
${fact("Started", ago(status.startTime, now))}
${fact(status.completionTime ? "Took" : "Running for", jobLength(job, now))}
${fact("Cluster", clusterOf(job))}
${fact("Build", status.build_id ?? "–")}
${fact("Pod", status.pod_name ?? "–")}
</dl>
${breakdown(job)}`;
}

const fact = (name: string, value: Html | string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function storedFacts({ started, finished, directory }: JobView): Html {
  const time = (record: Record<string, unknown> | undefined) => {
    const at = new Date(Number(record?.["timestamp"] ?? Number.NaN) * 1000);
    return Number.isNaN(at.getTime()) ? "–" : at.toISOString();
  };
  return html`
<p class="headline">This run is known from storage only; its ProwJob has been cleaned up.</p>
<dl class="facts">
${fact("Started", time(started))}
${fact("Finished", time(finished))}
${fact("Result", String(finished?.["result"] ?? "not finished"))}
${fact("Build", directory ? baseName(directory) : "–")}
</dl>`;
}

/** Where the time went: waiting for a pod, then running. */
function breakdown({ status }: ProwJob): Html {
  const { startTime, pendingTime, completionTime } = status;
  if (!startTime || !pendingTime || !completionTime) return html``;
  const total = Date.parse(completionTime) - Date.parse(startTime);
  if (total <= 0) return html``;
  const waited = Math.max(0, Date.parse(pendingTime) - Date.parse(startTime));
  return html`<p class="dim">Waited ${waited / 1000} s for its pod, ran ${(total - waited) / 1000} s.</p>`;
}

function actions({ job, directory }: JobView): Html {
  const refs = job?.spec.refs;
  const pull = refs?.pulls?.length === 1 ? refs.pulls[0] : undefined;
  return html`<p class="actions">
${directory ? html`<a href="/artifact/${encodePath(inside(directory, "build-log.txt"))}">Raw log</a>` : ""}
${job ? html`<a href="/prowjob?prowjob=${job.metadata.name}">ProwJob as YAML</a>` : ""}
${job ? html`<a href="/?job=${job.spec.job}">Other runs of this job</a>` : ""}
${pull && refs ? html`<a href="${pullPath({ ...refs, number: pull.number })}">All of #${pull.number}</a>` : ""}
</p>`;
}

function logSection({ log, job, directory, trouble = [] }: JobView): Html {
  const running = job && !job.status.completionTime;
  if (!log) {
    const live = running ? html`data-live-log="/live-log?prowjob=${job.metadata.name}"` : "";
    const why = running ? "Waiting for the first line…" : "There is no log.";
    return html`${troubleSection(trouble)}<h2>Log</h2><ol class="log" ${live}></ol><p class="empty log-note">${why}</p>`;
  }
  const errors = log.lines
    .map(plainLine)
    .flatMap((line, index) => (isErrorLine(line) ? [log.first + index] : []));
  return html`<h2>Log</h2>
${errors.length > 0 ? html`<p class="jump">Looks like trouble: ${errors.slice(0, 8).map((number) => html`<a href="#L${number}">line ${number}</a> `)}</p>` : ""}
${log.skippedBytes > 0 && directory ? html`<p class="dim">The first ${Math.round(log.skippedBytes / 1e6)} MB are not shown; numbers count from here. The <a href="/artifact/${encodePath(inside(directory, "build-log.txt"))}">raw log</a> has all.</p>` : ""}
<ol class="log">${logLines(log.lines, log.first)}</ol>`;
}

function troubleSection(trouble: string[]): Html {
  if (trouble.length === 0) return html``;
  return html`<h2>What its pod says</h2><ul class="reasons">${trouble.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function artifactSection({ artifacts, directory }: JobView): Html {
  if (!directory) return html``;
  const below = (url: string) => url.slice(url.indexOf(directory.key) + directory.key.length + 1);
  return html`<h2>Artifacts</h2>
${artifacts.objects.length + artifacts.prefixes.length === 0 ? html`<p class="empty">Nothing has been uploaded yet.</p>` : ""}
<ul class="artifacts">
${artifacts.prefixes.map((url) => html`<li><a href="/artifacts/${encodePath(inside(directory, below(url).replace(/\/$/, "")))}">${below(url)}</a></li>`)}
${artifacts.objects.map(
  ({ url, size }) =>
    html`<li><a href="/artifact/${encodePath(inside(directory, below(url)))}">${below(url)}</a> <span class="dim">${bytes(size)}</span></li>`,
)}
</ul>`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1e6 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}

/** One directory of artifacts. */
export function artifactsPage(directory: StoragePath, listing: ListPage): Html {
  const name = (url: string) => url.replace(/\/$/, "").split("/").at(-1)!;
  return html`<h1>${baseName(directory)}</h1>
<p class="dim">${directory.provider}://${directory.bucket}/${directory.key}</p>
<ul class="artifacts">
${listing.prefixes.map((url) => html`<li><a href="/artifacts/${encodePath(inside(directory, name(url)))}">${name(url)}/</a></li>`)}
${listing.objects.map(
  ({ url, size }) =>
    html`<li><a href="/artifact/${encodePath(inside(directory, name(url)))}">${name(url)}</a> <span class="dim">${bytes(size)}</span></li>`,
)}
</ul>`;
}
