// Tide's queries after loading: those that ask for the same are one, in a steady order; and what may be wrong with one.
import { compareText } from "../lib/compare-text.ts";
import type { RawConfig } from "./config.ts";
import { jobDefaults } from "./decoration-defaults.ts";
import type { TideQuery } from "./tide-schema.ts";

/** Queries with the same criteria (and tenants) become one over all their repositories. */
export function dedupeQueries(queries: readonly TideQuery[], config: RawConfig): TideQuery[] {
  const defaults = jobDefaults(config);
  const tenants = (query: TideQuery) =>
    [
      ...new Set(
        [...(query.orgs ?? []), ...(query.repos ?? [])].map((one) => defaults.prowJob(one, "*").tenant_id),
      ),
    ].sort();
  const merged = new Map<string, TideQuery>();
  for (const query of queries) {
    const criteria = criteriaOf(query);
    const key = JSON.stringify([criteria, tenants(query)]);
    const known = merged.get(key);
    merged.set(key, {
      ...criteria,
      ...lists(known, query),
    });
  }
  const texts = new Map([...merged.values()].map((query) => [query, serialised(query)]));
  return [...texts.keys()].sort((a, b) => compareText(texts.get(a)!, texts.get(b)!));
}

function criteriaOf(query: TideQuery): TideQuery {
  const sorted = (list?: string[]) => list && [...list].sort(compareText);
  return {
    author: query.author,
    labels: sorted(query.labels),
    missingLabels: sorted(query.missingLabels),
    excludedBranches: sorted(query.excludedBranches),
    includedBranches: sorted(query.includedBranches),
    milestone: query.milestone,
    reviewApprovedRequired: query.reviewApprovedRequired,
  };
}

function lists(known: TideQuery | undefined, query: TideQuery): TideQuery {
  const both = (one?: string[], other?: string[]) =>
    one || other ? [...(one ?? []), ...(other ?? [])] : undefined;
  return {
    orgs: both(known?.orgs, query.orgs),
    repos: both(known?.repos, query.repos),
    excludedRepos: both(known?.excludedRepos, query.excludedRepos),
  };
}

/** As Go serialises it, without what is empty: the order of the queries depends on it. */
const serialised = (query: TideQuery): string =>
  JSON.stringify(query, (_key, value) =>
    value === "" || value === false || (Array.isArray(value) && !value.length) ? undefined : value,
  );

/** The first thing wrong with a query, in Prow's words, or undefined. */
export function queryFault(query: TideQuery): string | undefined {
  const { orgs = [], repos = [], excludedRepos = [], labels = [], missingLabels = [] } = query;
  const { includedBranches = [], excludedBranches = [] } = query;
  return (
    orgs.map(orgFault).find(Boolean) ??
    duplicates("orgs", orgs) ??
    repos.map((repo, i) => repoFault("repos", repo, i) ?? includedTwice(repo, i, orgs)).find(Boolean) ??
    duplicates("repos", repos) ??
    (orgs.length || repos.length ? undefined : "'orgs' and 'repos' cannot both be empty") ??
    excludedRepos
      .map((repo, i) => repoFault("excludedRepos", repo, i) ?? withoutEffect(repo, i, orgs))
      .find(Boolean) ??
    duplicates("excludedRepos", excludedRepos) ??
    contradiction(labels, missingLabels) ??
    duplicates("labels", labels) ??
    duplicates("missingLabels", missingLabels) ??
    (includedBranches.length && excludedBranches.length
      ? "both 'includedBranches' and 'excludedBranches' are specified ('excludedBranches' have no effect)"
      : undefined) ??
    duplicates("includedBranches", includedBranches) ??
    duplicates("excludedBranches", excludedBranches)
  );
}

function orgFault(org: string, i: number): string | undefined {
  if (org === "") return `orgs[${i}]: is an empty string`;
  return org.includes("/") ? `orgs[${i}]: "${org}" contains a '/' which is not valid` : undefined;
}

const repoFault = (field: string, repo: string, i: number): string | undefined =>
  /^[^/]+\/[^/]+$/.test(repo) ? undefined : `${field}[${i}]: "${repo}" is not of the form "org/repo"`;

const orgOf = (repo: string): string => repo.split("/")[0] ?? "";

const includedTwice = (repo: string, i: number, orgs: string[]): string | undefined =>
  orgs.includes(orgOf(repo))
    ? `repos[${i}]: "${repo}" is already included via org: "${orgOf(repo)}"`
    : undefined;

const withoutEffect = (repo: string, i: number, orgs: string[]): string | undefined =>
  orgs.includes(orgOf(repo))
    ? undefined
    : `excludedRepos[${i}]: "${repo}" has no effect because org "${orgOf(repo)}" is not included`;

function duplicates(field: string, list: string[]): string | undefined {
  const twice = list.filter((one, i) => list.indexOf(one) !== i);
  if (!twice.length) return undefined;
  return `"${field}" contains ${twice.length} duplicate entries: ${[...new Set(twice)].sort().join(", ")}`;
}

function contradiction(labels: string[], missing: string[]): string | undefined {
  const both = labels.filter((label) => missing.includes(label)).sort();
  return both.length ? `the labels: ${JSON.stringify(both)} are both required and forbidden` : undefined;
}
