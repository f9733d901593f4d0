// What a change of the configuration does: jobs added, removed and altered, tide's queries, plugins, everything else.
import type { Config } from "../config/config.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { TideQuery } from "../config/tide-schema.ts";
import {
  type Configured,
  conditionsOf,
  configuredJobs,
  effectivePod,
  effectiveProwJob,
  type JobKind,
  SAMPLE,
} from "./effective.ts";
import { type Change, fieldChanges } from "./field-diff.ts";

export interface Side {
  config: Config;
  plugins?: PluginsConfig;
}

export interface JobName {
  kind: JobKind;
  repo?: string;
  name: string;
}

/** Jobs that are altered in the same way. */
export interface Alteration {
  jobs: JobName[];
  changes: Change[];
}

export interface Difference {
  added: JobName[];
  removed: JobName[];
  /** The ones that concern most jobs first. */
  altered: Alteration[];
  /** Of an altered query that part is named which is the same. */
  tideQueries: {
    added: TideQuery[];
    removed: TideQuery[];
    altered: { query: TideQuery; changes: Change[] }[];
  };
  plugins: { scope: string; added: string[]; removed: string[] }[];
  /** Of config.yaml, apart from jobs and queries. */
  settings: Change[];
}

export function configDifference(before: Side, after: Side, as: "prowjob" | "pod"): Difference {
  const [old, now] = [keyed(before.config), keyed(after.config)];
  const gone = [...old].filter(([key]) => !now.has(key));
  const fresh = [...now].filter(([key]) => !old.has(key));
  const groups = new Map<string, Alteration>();
  for (const [key, one] of old) {
    const other = now.get(key);
    if (!other) continue;
    const changes = fieldChanges(view(before.config, one, as), view(after.config, other, as));
    if (!changes.length) continue;
    const same = JSON.stringify(changes);
    const group = groups.get(same) ?? { jobs: [], changes };
    group.jobs.push(nameOf(one));
    groups.set(same, group);
  }
  return {
    added: fresh.map(([, one]) => nameOf(one)),
    removed: gone.map(([, one]) => nameOf(one)),
    altered: [...groups.values()].sort((a, b) => b.jobs.length - a.jobs.length),
    tideQueries: queryDifference(before.config.tide.queries, after.config.tide.queries),
    plugins: pluginDifference(before.plugins, after.plugins),
    settings: fieldChanges(settings(before.config), settings(after.config)),
  };
}

const nameOf = ({ kind, repo, job }: Configured): JobName => ({
  kind,
  ...(repo !== undefined && { repo }),
  name: job.name,
});

/** Jobs of one name are told apart by their branches, and if need be by their order. */
function keyed(config: Config): Map<string, Configured> {
  const map = new Map<string, Configured>();
  const byName = Map.groupBy(configuredJobs(config), ({ kind, repo, job }) =>
    JSON.stringify([kind, repo, job.name]),
  );
  for (const [name, jobs] of byName) {
    for (const one of jobs) {
      const { branches, skip_branches: skipped }: { branches?: string[]; skip_branches?: string[] } =
        one.kind === "periodic" ? {} : one.job;
      const base = jobs.length === 1 ? name : JSON.stringify([name, branches, skipped]);
      let key = base;
      for (let i = 1; map.has(key); i++) key = `${base} ${i}`;
      map.set(key, one);
    }
  }
  return map;
}

/** What is compared of a job. Times and the state are the same for all. */
function view(config: Config, configured: Configured, as: "prowjob" | "pod"): object {
  const prowJob = effectiveProwJob(config, configured, SAMPLE);
  const when = conditionsOf(configured.job);
  const pod = as === "pod" ? effectivePod(config, prowJob, "1") : undefined;
  return pod ? { when, pod } : { when, prowjob: { metadata: prowJob.metadata, spec: prowJob.spec } };
}

const OWN_PARTS = new Set(["presubmits", "postsubmits", "periodics", "presets", "prow_ignored"]);

function settings(config: Config): object {
  const { queries: _apart, ...tide } = config.tide;
  return Object.fromEntries(Object.entries({ ...config, tide }).filter(([key]) => !OWN_PARTS.has(key)));
}

const SCOPE = ["orgs", "repos", "excludedRepos"] as const;

/** What a query asks for, or for which repositories it asks. */
const part = (query: TideQuery, scope: boolean): TideQuery =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(Object.entries(query).filter(([key]) => SCOPE.includes(key as "orgs") === scope)),
    ),
  ) as TideQuery;

/** Queries that ask for the same, or for the same repositories, are the same query, altered. */
function queryDifference(
  before: readonly TideQuery[],
  after: readonly TideQuery[],
): Difference["tideQueries"] {
  const altered: Difference["tideQueries"]["altered"] = [];
  let [old, now] = [before, after];
  for (const scope of [false, true]) {
    const key = (query: TideQuery) => JSON.stringify(part(query, scope));
    const others = new Map(now.map((query) => [key(query), query]));
    const pairs = old.flatMap((query) => {
      const other = others.get(key(query));
      return other && others.delete(key(query)) ? [{ query, other }] : [];
    });
    for (const { query, other } of pairs) {
      const changes = itemChanges(query, other);
      if (changes.length) altered.push({ query: part(query, scope), changes });
    }
    old = old.filter((query) => !pairs.some((pair) => pair.query === query));
    now = now.filter((query) => !pairs.some((pair) => pair.other === query));
  }
  const plain = (query: TideQuery) => JSON.parse(JSON.stringify(query)) as TideQuery;
  return { added: now.map(plain), removed: old.map(plain), altered };
}

/** In lists, each item that came or went is a change of its own. */
function itemChanges(before: TideQuery, after: TideQuery): Change[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof TideQuery)[];
  return fields.flatMap((field) => {
    const [one, other] = [before[field], after[field]];
    if (!Array.isArray(one ?? other)) return fieldChanges(one, other, field);
    const [old, now] = [new Set(one as string[] | undefined), new Set(other as string[] | undefined)];
    return [
      ...[...old.difference(now)].sort().map((name): Change => ({ field, before: name })),
      ...[...now.difference(old)].sort().map((name): Change => ({ field, after: name })),
    ];
  });
}

function pluginDifference(before?: PluginsConfig, after?: PluginsConfig): Difference["plugins"] {
  const [old, now] = [enabledByScope(before), enabledByScope(after)];
  const scopes = [...new Set([...old.keys(), ...now.keys()])].sort();
  return scopes.flatMap((scope) => {
    const [was, is] = [old.get(scope) ?? new Set<string>(), now.get(scope) ?? new Set<string>()];
    const added = [...is.difference(was)].sort();
    const removed = [...was.difference(is)].sort();
    return added.length || removed.length ? [{ scope, added, removed }] : [];
  });
}

/** Names as written for an org or repository; `not for R` stands for an exception. */
function enabledByScope(plugins?: PluginsConfig): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (scope: string, names: readonly string[]) =>
    found.set(scope, (found.get(scope) ?? new Set<string>()).union(new Set(names)));
  const { plugins: own = {}, external = {} } = plugins?.scopes() ?? {};
  for (const [scope, { plugins: names = [], excluded_repos: except = [] }] of Object.entries(own)) {
    add(scope, [...names, ...except.map((repo) => `(not for ${scope}/${repo})`)]);
  }
  for (const [scope, list] of Object.entries(external)) {
    add(
      scope,
      list.map(({ name, endpoint }) => `${name ?? ""} (external, ${endpoint ?? "no endpoint"})`),
    );
  }
  return found;
}
