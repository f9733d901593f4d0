// Which jobs a person asked for: the query of a page's address, as Prow's deck names it, applied to the list.
import { compareText } from "../lib/compare-text.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";

const FILTERS = ["repo", "job", "type", "state", "author", "pull", "cluster"] as const;
export type FilterName = (typeof FILTERS)[number];

export interface JobFilter extends Partial<Record<FilterName, string>> {
  /** From 1. */
  page: number;
}

export function parseFilter(query: URLSearchParams): JobFilter {
  const filter: JobFilter = { page: Math.max(1, Math.trunc(Number(query.get("page"))) || 1) };
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (value) filter[name] = value.slice(0, 200);
  }
  return filter;
}

/** The query that gives this filter, without the leading `?`. */
export function filterQuery(filter: JobFilter, change: Partial<JobFilter> = {}): string {
  const all = { ...filter, ...change };
  const query = new URLSearchParams();
  for (const name of FILTERS) if (all[name]) query.set(name, all[name]);
  if (all.page > 1) query.set("page", String(all.page));
  return query.toString();
}

export function matches(filter: JobFilter, job: ProwJob): boolean {
  const refs = mainRefs(job.spec);
  const pulls = refs?.pulls ?? [];
  return (
    (!filter.repo || wildcard(filter.repo, `${refs?.org}/${refs?.repo}`)) &&
    (!filter.job || wildcard(filter.job, job.spec.job)) &&
    (!filter.type || job.spec.type === filter.type) &&
    (!filter.state || job.status.state === filter.state) &&
    (!filter.author || pulls.some(({ author }) => author.toLowerCase() === filter.author?.toLowerCase())) &&
    (!filter.pull || pulls.some(({ number }) => String(number) === filter.pull)) &&
    (!filter.cluster || job.spec.cluster === filter.cluster)
  );
}

const wildcard = (pattern: string, text: string): boolean => wildcards([pattern])(text);

/**
 * Whether a text is like any of the patterns, which are read once. `*` stands for anything; the rest is compared as it
 * is, without regard to case.
 */
export function wildcards(patterns: readonly string[]): (text: string) => boolean {
  const all = patterns.map(parsed);
  return (text) => {
    const subject = text.toLowerCase();
    return all.some((pattern) => isLike(pattern, subject));
  };
}

interface Wildcard {
  first: string;
  middle: string[];
  /** After the last `*`; undefined when there is none. */
  last: string | undefined;
  /** Of the shortest text that is like it. */
  length: number;
}

function parsed(pattern: string): Wildcard {
  const [first = "", ...parts] = pattern.toLowerCase().split(/\*+/);
  const last = parts.pop();
  return { first, middle: parts, last, length: [first, ...parts, last ?? ""].join("").length };
}

function isLike({ first, middle, last, length }: Wildcard, subject: string): boolean {
  if (last === undefined) return subject === first;
  if (subject.length < length || !subject.startsWith(first)) return false;
  let at = first.length;
  for (const part of middle) {
    const found = subject.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return subject.length - at >= last.length && subject.endsWith(last);
}

/** After every build id. */
const NO_BUILD_YET = "9".repeat(30);

/** Newest first, by start; build ids grow, so they order what began in the same second. */
export function newestFirst(a: ProwJob, b: ProwJob): number {
  const [left, right] = [startOf(a), startOf(b)];
  if (left !== right) return left < right ? 1 : -1;
  const [build, other] = [a.status.build_id || NO_BUILD_YET, b.status.build_id || NO_BUILD_YET];
  return (
    other.length - build.length || compareText(other, build) || compareText(b.metadata.name, a.metadata.name)
  );
}

const startOf = ({ status, metadata }: ProwJob): string =>
  status.startTime ?? metadata.creationTimestamp ?? "";
