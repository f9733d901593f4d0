// What tide's section says of one repository and branch: of several settings the most specific counts.
import { regex } from "../lib/re2.ts";
import { type MergeMethod, type RepoRef, repoName } from "../model/github.ts";
import { branchPolicy, PolicyError } from "./branch-policy.ts";
import type { BranchPolicy } from "./branch-protection.ts";
import type { Config } from "./config.ts";
import { forRepo } from "./for-repo.ts";
import type { Presubmit } from "./job.ts";
import type { ContextPolicyOptions, MergeMethods, TideQuery } from "./tide-schema.ts";

export type { ContextPolicyOptions, TideQuery } from "./tide-schema.ts";

type Used = { tide: Config["tide"] };

/**
 * The configured method; labels on a pull request may choose another. In order: `org/repo@branch`, a branch regex below
 * the repository (the first by name), `org/repo`, the repository below the org (`*` for any), the org, merge.
 */
export function mergeMethod({ tide }: Used, repo: RepoRef, branch: string): MergeMethod {
  const methods = tide.merge_method ?? {};
  const ofOrg = methods[repo.org];
  const repos = typeof ofOrg === "object" ? ofOrg : {};
  const ofRepo = repos[repo.repo] ?? repos["*"];
  const found =
    word(methods[`${repoName(repo)}@${branch}`]) ||
    byBranch(ofRepo, branch) ||
    word(methods[repoName(repo)]) ||
    word(ofRepo) ||
    word(ofOrg);
  return (found || "merge") as MergeMethod;
}

const word = (methods: MergeMethods | undefined): string => (typeof methods === "string" ? methods : "");

function byBranch(methods: MergeMethods | undefined, branch: string): string {
  if (typeof methods !== "object") return "";
  const pattern = Object.keys(methods)
    .sort()
    .find((key) => regex(key).test(branch));
  return pattern === undefined ? "" : word(methods[pattern]);
}

/** Templates for the merge commit's title and body, for the repository or its org. */
export const mergeCommitTemplate = ({ tide }: Used, repo: RepoRef): { title?: string; body?: string } =>
  tide.merge_commit_template?.[repoName(repo)] ?? tide.merge_commit_template?.[repo.org] ?? {};

/** `context_options` for a branch: the lists of all levels united, of the switches the most specific. */
export function contextOptions({ tide }: Used, { org, repo }: RepoRef, branch: string): ContextPolicyOptions {
  const all = tide.context_options ?? {};
  const ofOrg = all.orgs?.[org];
  const ofRepo = ofOrg?.repos?.[repo];
  return [all, ofOrg, ofRepo, ofRepo?.branches?.[branch]]
    .filter((level) => level !== undefined)
    .reduce<ContextPolicyOptions>(mergeOptions, {});
}

const LISTS = [
  "required-contexts",
  "required-if-present-contexts",
  "optional-contexts",
  "optional-regex-contexts",
] as const;
const SWITCHES = ["skip-unknown-contexts", "from-branch-protection", "overwrite-pending-contexts"] as const;

function mergeOptions(above: ContextPolicyOptions, below: ContextPolicyOptions): ContextPolicyOptions {
  const merged: ContextPolicyOptions = {};
  for (const key of LISTS) {
    const union = new Set([...(above[key] ?? []), ...(below[key] ?? [])]);
    if (union.size) merged[key] = [...union].sort();
  }
  for (const key of SWITCHES) merged[key] = below[key] ?? above[key];
  return merged;
}

/**
 * What branch-protection adds to the required contexts where `from-branch-protection` is on; undefined where it is off
 * or says nothing. Prow reads its own configuration here, not GitHub. `allRequired`: jobs that only a comment starts are
 * required too.
 */
export function protectionContexts(
  config: Used & Pick<Config, "branch-protection">,
  repo: RepoRef,
  branch: string,
  presubmits: readonly Presubmit[],
): { contexts: string[]; allRequired: boolean } | undefined {
  if (!contextOptions(config, repo, branch)["from-branch-protection"]) return undefined;
  const policy = policyOrNone(config, repo, branch, presubmits);
  if (!policy) return undefined;
  const contexts = policy.protect ? (policy.required_status_checks?.contexts ?? []) : [];
  return { contexts, allRequired: policy.require_manually_triggered_jobs ?? false };
}

/** A policy that contradicts itself is as none to tide; checkconfig and branchprotector tell of it. */
function policyOrNone(...branch: Parameters<typeof branchPolicy>): BranchPolicy | undefined {
  try {
    return branchPolicy(...branch);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

/** The queries that cover a repository. */
export const queriesFor = ({ tide }: Used, repo: RepoRef): TideQuery[] =>
  tide.queries.filter((query) =>
    query.orgs?.includes(repo.org)
      ? !query.excludedRepos?.includes(repoName(repo))
      : query.repos?.includes(repoName(repo)),
  );

/** 0 is no limit, -1 no batches. */
export const batchSizeLimit = ({ tide }: Used, repo: RepoRef): number =>
  forRepo(tide.batch_size_limit, repo) ?? 0;
