// Where plugins are enabled and what tide's queries cover, as sets of repositories.
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { TideQuery } from "../config/tide-schema.ts";
import { type RepoSet, union } from "./repo-set.ts";

/** Where a plugin is enabled; a repository that names it itself is in, though its org excludes it. */
export function enabledAt(plugins: PluginsConfig, plugin: string): RepoSet {
  const orgs = new Map<string, Set<string>>();
  const repos = new Set<string>();
  for (const [scope, { plugins: names = [], excluded_repos: excluded = [] }] of Object.entries(
    plugins.scopes().plugins,
  )) {
    if (!names.includes(plugin)) continue;
    if (scope.includes("/")) repos.add(scope);
    else orgs.set(scope, new Set(excluded.map((repo) => `${scope}/${repo}`)));
  }
  for (const repo of repos) orgs.get(repo.split("/")[0]!)?.delete(repo);
  return { orgs, repos };
}

export function externalEnabledAt(plugins: PluginsConfig, plugin: string): RepoSet {
  const scopes = Object.entries(plugins.scopes().external)
    .filter(([, list]) => list.some(({ name }) => name === plugin))
    .map(([scope]) => scope);
  return {
    orgs: new Map(scopes.filter((scope) => !scope.includes("/")).map((org) => [org, new Set<string>()])),
    repos: new Set(scopes.filter((scope) => scope.includes("/"))),
  };
}

/** What the queries cover together: an exception of one counts only when every other query has it too. */
export function coveredBy(queries: readonly TideQuery[]): RepoSet {
  const orgs = new Map<string, Set<string>>();
  for (const { orgs: named = [], excludedRepos = [] } of queries) {
    for (const org of named) {
      const except = new Set(excludedRepos.filter((repo) => repo.startsWith(`${org}/`)));
      orgs.set(org, orgs.get(org)?.intersection(except) ?? except);
    }
  }
  const repos = new Set(queries.flatMap((query) => query.repos ?? []));
  for (const except of orgs.values()) for (const repo of repos) except.delete(repo);
  return { orgs, repos };
}

/** Plugins that read OWNERS files; where they are enabled tells who uses such files. */
const READ_OWNERS = ["approve", "blunderbuss", "rifle", "owners-label"];
export const OWNERS_READERS = READ_OWNERS.join(", ");

export const usingOwners = (plugins: PluginsConfig): RepoSet =>
  READ_OWNERS.map((name) => enabledAt(plugins, name)).reduce(union);
