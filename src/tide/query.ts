// Tide's queries as GitHub search strings.
import type { TideQuery } from "../config/tide.ts";
import { compareText } from "../lib/compare-text.ts";
import { timestamp } from "../lib/timestamp.ts";

/** Search strings by org; with a plain token all is one search, under the key "". */
export type OrgQueries = Map<string, string>;

export function poolQueries(query: TideQuery, splitByOrg: boolean): OrgQueries {
  const scopes = new Map<string, string[]>();
  const scope = (org: string, term: string) => scopes.set(org, [...(scopes.get(org) ?? []), term]);
  for (const org of new Set(query.orgs)) scope(org, `org:"${org}"`);
  for (const repo of query.repos ?? []) if (orgOf(repo)) scope(orgOf(repo), `repo:"${repo}"`);
  for (const repo of query.excludedRepos ?? []) if (orgOf(repo)) scope(orgOf(repo), `-repo:"${repo}"`);
  return join(criteria(query), scopes, splitByOrg);
}

function criteria(query: TideQuery): string {
  const terms = ["is:pr", "state:open", "archived:false"];
  if (query.author) terms.push(`author:"${query.author}"`);
  for (const branch of query.excludedBranches ?? []) terms.push(`-base:"${branch}"`);
  for (const branch of query.includedBranches ?? []) terms.push(`base:"${branch}"`);
  for (const label of query.labels ?? []) {
    terms.push(`label:${alternatives(label).map((name) => `"${name}"`)}`);
  }
  for (const label of query.missingLabels ?? []) terms.push(`-label:"${label}"`);
  if (query.milestone) terms.push(`milestone:"${query.milestone}"`);
  if (query.reviewApprovedRequired) terms.push("review:approved");
  return terms.join(" ");
}

/** A comma in a query's label means "or". */
export const alternatives = (label: string): string[] => label.split(",");

/** All open pull requests of the repositories that any query covers, oldest change first. */
export const openPullRequests = (queries: readonly TideQuery[], splitByOrg: boolean): OrgQueries =>
  join("is:pr state:open sort:updated-asc archived:false", coverage(queries), splitByOrg);

export const blockerQueries = (
  label: string,
  queries: readonly TideQuery[],
  splitByOrg: boolean,
): OrgQueries => join(`is:issue state:open label:"${label}"`, coverage(queries), splitByOrg);

function join(terms: string, scopes: Map<string, string[]>, splitByOrg: boolean): OrgQueries {
  if (scopes.size === 0) return new Map();
  const sorted = [...scopes].sort(([a], [b]) => compareText(a, b));
  if (splitByOrg) return new Map(sorted.map(([org, scope]) => [org, [terms, ...scope].join(" ")]));
  return new Map([["", [terms, ...sorted.flatMap(([, scope]) => scope)].join(" ")]]);
}

/** What all queries together cover: a repository is left out of its org only if every query of the org does. */
function coverage(queries: readonly TideQuery[]): Map<string, string[]> {
  const repos = new Set(queries.flatMap((query) => query.repos ?? []));
  const exceptions = new Map<string, Set<string>>();
  for (const query of queries) {
    for (const org of query.orgs ?? []) {
      const excluded = new Set((query.excludedRepos ?? []).filter((repo) => repo.startsWith(`${org}/`)));
      const before = exceptions.get(org);
      exceptions.set(org, before ? new Set([...before].filter((repo) => excluded.has(repo))) : excluded);
    }
  }
  const scopes = new Map<string, string[]>();
  for (const [org, excluded] of exceptions) {
    const left = [...excluded].filter((repo) => !repos.has(repo)).sort();
    scopes.set(org, [`org:"${org}"`, ...left.map((repo) => `-repo:"${repo}"`)]);
  }
  for (const repo of [...repos].sort()) {
    const org = orgOf(repo);
    if (org) scopes.set(org, [...(scopes.get(org) ?? []), `repo:"${repo}"`]);
  }
  return scopes;
}

/** GitHub was founded in 2007; it silently finds nothing for a date that it takes for invalid. */
const FOUNDED = Date.parse("2007-01-01T00:00:00Z");

/** Limits a search to changes in a span of time; an undefined start is the beginning. */
export function dated(query: string, start: Date | undefined, end: Date): string {
  const at = (date: Date) => timestamp(new Date(Math.max(date.getTime(), FOUNDED)));
  return `${query} updated:${at(start ?? new Date(FOUNDED))}..${at(end)}`;
}

function orgOf(repo: string): string {
  const [org = "", name, ...rest] = repo.split("/");
  return name !== undefined && rest.length === 0 ? org : "";
}
