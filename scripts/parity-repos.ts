// Prints what a configuration means for each repository, one JSON record a line, for comparison with recorded outcomes:
//   node scripts/parity-repos.ts --config-path C --job-config-path J --plugin-config P > actual.jsonl
//   node ../shared/oracle/compare.mjs EXPECTED actual.jsonl
import { writeSync } from "node:fs";
import { branchPolicy } from "../src/config/branch-policy.ts";
import type { Config } from "../src/config/config.ts";
import { inRepoConfigEnabled } from "../src/config/in-repo-keys.ts";
import { type PluginsConfig, pluginsConfig } from "../src/config/plugins-config.ts";
import { batchSizeLimit, contextOptions, mergeMethod, queriesFor } from "../src/config/tide.ts";
import type { TideQuery } from "../src/config/tide-schema.ts";
import { isRecord } from "../src/lib/schema.ts";
import type { RepoRef } from "../src/model/github.ts";
import { approveFor } from "../src/plugins/approve/options.ts";
import { pluginSections } from "../src/plugins/index.ts";
import { lgtmFor } from "../src/plugins/lgtm/options.ts";
import { ownersSettings } from "../src/plugins/owners-of.ts";
import { triggerFor } from "../src/plugins/trust.ts";
import { contextPolicy, policySources } from "../src/tide/contexts.ts";
import { poolQueries } from "../src/tide/query.ts";
import { configFlags, flagsOf, loadTimed, pluginFlag, printErrors } from "./parity-config.ts";

const BRANCHES = ["main", "master", "release-1.30", "gh-pages"];

const search = (query: TideQuery): string => poolQueries(query, false).get("") ?? "";

/**
 * Every repository (one slash) that jobs, plugins, queries or branch protection name, and one unnamed in each org of
 * plugins and queries. Whatever else plugins are enabled for counts as an org, such as Gerrit's URLs.
 */
function repositories(config: Config, plugins: PluginsConfig): string[] {
  const names = new Set([...Object.keys(config.presubmits), ...Object.keys(config.postsubmits)]);
  const orgs = new Set<string>();
  for (const key of plugins.repos()) (isRepository(key) ? names : orgs).add(key);
  for (const query of config.tide.queries) {
    for (const repo of query.repos ?? []) names.add(repo);
    for (const org of query.orgs ?? []) orgs.add(org);
  }
  for (const [org, { repos = {} }] of Object.entries(config["branch-protection"].orgs ?? {}))
    for (const repo of Object.keys(repos)) names.add(`${org}/${repo}`);
  return [...[...names].filter(isRepository), ...[...orgs].map((org) => `${org}/zz-some-repo`)].sort();
}

const isRepository = (name: string): boolean => name.split("/").length === 2;

/** What a call says, or the words of its refusal. */
function attempt<T>(act: () => T): { value?: T; error?: string } {
  try {
    return { value: act() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function branchRecord(config: Config, repo: RepoRef, branch: string, inRepo: boolean) {
  const name = `${repo.org}/${repo.repo}`;
  const contexts = attempt(() => {
    // The oracle has no git client, and says so where it would need one.
    if (inRepo) throw new Error("failed to get presubmits: gitClient is nil");
    return contextPolicy(policySources(config, repo, branch));
  });
  const protection = attempt(() => branchPolicy(config, repo, branch, config.presubmits[name] ?? []));
  const policyError = protection.error && `|${protection.error}`;
  return {
    mergeMethod: mergeMethod(config, repo, branch),
    required: contexts.value?.required,
    requiredIfPresent: contexts.value?.requiredIfPresent,
    optional: contexts.value?.optional,
    skipUnknown: contexts.value && contextOptions(config, repo, branch)["skip-unknown-contexts"],
    protection: protection.value,
    err: `${contexts.error ?? ""}${policyError ?? ""}`,
  };
}

/** Go leaves out switches that are off, except where off and unset are different things. */
const withoutFalse = (options: object, kept: readonly string[] = []): object =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([key, value]) => value !== false || kept.includes(key))
      .map(([key, value]) => [key, isRecord(value) ? withoutFalse(value, kept) : value]),
  );

function record(config: Config, plugins: PluginsConfig, path: string) {
  const slash = path.indexOf("/");
  const ref: RepoRef = { org: path.slice(0, slash), repo: path.slice(slash + 1) };
  const owners = ownersSettings(ref, config, plugins);
  const inRepoConfig = inRepoConfigEnabled(config, path);
  return {
    path,
    plugins: plugins.enabled(ref).sort(),
    tideQueries: queriesFor(config, ref).map(search),
    batchLimit: batchSizeLimit(config, ref),
    branches: Object.fromEntries(
      BRANCHES.map((branch) => [branch, branchRecord(config, ref, branch, inRepoConfig)]),
    ),
    trigger: withoutFalse(triggerFor(plugins, ref)),
    approve: withoutFalse(approveFor(plugins, ref), ["require_self_approval", "ignore_review_state"]),
    lgtm: withoutFalse(lgtmFor(plugins, ref)),
    skipCollaborators: owners.skipCollaborators,
    ownersFiles: { owners: owners.filename, owners_aliases: owners.aliasesFilename },
    inRepoConfig,
  };
}

const flags = flagsOf({ ...configFlags, ...pluginFlag }, "config-path");
const loaded = loadTimed(
  {
    configPath: flags["config-path"],
    jobConfigPath: flags["job-config-path"] || undefined,
    pluginConfigPath: flags["plugin-config"] || undefined,
  },
  pluginSections,
);
const { config } = loaded;
if (!config) printErrors(loaded);
// Like the oracle, which goes on without plugins when only their file is wrong.
const plugins = loaded.plugins ?? pluginsConfig({ sections: {} });
const print = (value: object) => writeSync(1, `${JSON.stringify(value)}\n`);
for (const path of repositories(config, plugins)) print(record(config, plugins, path));
for (const [index, query] of config.tide.queries.entries()) {
  const orgQueries = Object.fromEntries(poolQueries(query, true));
  print({ path: `tide query ${index}`, query: search(query), orgQueries });
}
