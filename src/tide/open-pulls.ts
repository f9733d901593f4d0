// Open pull requests of all repositories under tide, for their statuses: those that changed since the last look, or now and then all.
import type { Config } from "../config/config.ts";
import type { Logger } from "../lib/logger.ts";
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import type { SearchPulls } from "./packed-search.ts";
import type { PullRequest } from "./pull-request.ts";
import { dated, openPullRequests } from "./query.ts";

/** How far each search has come: only what changed since is asked for. */
export type Progress = ReadonlyMap<string, { query: string; latest?: Date; wholeAt?: Date }>;

export interface OpenPulls {
  pulls: PullRequest[];
  /** These are all. */
  whole: boolean;
  /** For the next look, if something is made of this one. */
  progress: Progress;
}

/** GitHub's search lags behind: look a little further back than the last change seen. */
const OVERLAP_MS = 30_000;
/** Now and then all open pull requests are looked at, so that those closed meanwhile are forgotten. */
const WHOLE_MS = 3_600_000;

export interface OpenPullsTools {
  config: Config;
  search: SearchPulls;
  splitByOrg: boolean;
  now: Date;
  log: Logger;
}

export async function openPulls(
  { config, search, splitByOrg, now, log }: OpenPullsTools,
  progress: Progress,
): Promise<OpenPulls> {
  const next = new Map(progress);
  let whole = true;
  const searches = [...openPullRequests(config.tide.queries, splitByOrg)];
  const found = await sideBySide(searches, config.tide.max_goroutines, async ([org, query]) => {
    const before = progress.get(org);
    const due = !before?.wholeAt || now.getTime() - before.wholeAt.getTime() >= WHOLE_MS;
    const fresh = before?.query !== query || due;
    const since = fresh ? undefined : before.latest;
    // All of them are many more than what changed since: two searches by size.
    const name = since ? `changed ${query}` : query;
    const { items, error } = await search({ name, query: dated(query, since, now), org });
    if (error) log.warn({ error, query, found: items.length }, "The search for open pull requests failed.");
    if (since || error) whole = false;
    const last = items.at(-1)?.updatedAt;
    const latest = last ? new Date(Date.parse(last) - OVERLAP_MS) : since;
    const wholeAt = since || error ? before?.wholeAt : now;
    next.set(org, { query, ...(latest && { latest }), ...(wholeAt && { wholeAt }) });
    return items;
  });
  return { pulls: found.flat(), whole, progress: next };
}
