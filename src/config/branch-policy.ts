// What branch-protection says of one branch: the policies of all, the org, the repository and the branch, merged, and
// the contexts that Prow's own jobs add.
import { type RepoRef, repoName } from "../model/github.ts";
import type { BranchPolicy, BranchProtection } from "./branch-protection.ts";
import { branchRequirements } from "./branch-requirements.ts";
import type { Config } from "./config.ts";
import type { Presubmit } from "./job.ts";

/** A policy that contradicts itself or the jobs; the message names the branch where Prow's does. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

/** Lists are united, maps merged, of plain values the child's counts. */
function merged(parent: unknown, child: unknown): unknown {
  if (child === undefined) return parent;
  if (parent === undefined) return child;
  if (Array.isArray(parent) && Array.isArray(child)) return [...new Set([...parent, ...child])].sort();
  if (typeof parent !== "object" || typeof child !== "object") return child;
  const [above, below] = [parent as Record<string, unknown>, child as Record<string, unknown>];
  const keys = new Set([...Object.keys(above), ...Object.keys(below)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(above[key], below[key])]));
}

const mergePolicies = (parent: BranchPolicy, child: BranchPolicy): BranchPolicy =>
  merged(parent, child) as BranchPolicy;

const NOT_POLICY = new Set([
  "orgs",
  "repos",
  "branches",
  "protect-tested-repos",
  "allow_disabled_policies",
  "allow_disabled_job_policies",
  "protect_repos_with_optional_jobs",
]);

/** The fields of the policy itself, without what lies below it. */
export const policyOf = (section: object | undefined): BranchPolicy =>
  Object.fromEntries(Object.entries(section ?? {}).filter(([key]) => !NOT_POLICY.has(key)));

type Used = Pick<Config, "branch-protection">;

/** What is configured for the branch, before any jobs are looked at; undefined when its org is not configured. */
function writtenPolicy(config: Used, { org, repo }: RepoRef, branch: string): BranchPolicy | undefined {
  const all = config["branch-protection"];
  const ofOrg = own(all.orgs, org);
  if (!ofOrg) return undefined;
  const ofRepo = own(ofOrg.repos, repo);
  const ofBranch = own(ofRepo?.branches, branch);
  const policy = [all, ofOrg, ofRepo, ofBranch].map(policyOf).reduce(mergePolicies);
  if (ofBranch && policy.protect === undefined && !policy.unmanaged) {
    throw new PolicyError("defined branch policies must set protect or unmanaged=true");
  }
  return policy;
}

const own = <T>(map: Record<string, T> | undefined, key: string): T | undefined =>
  map && Object.hasOwn(map, key) ? map[key] : undefined;

/**
 * The policy in force: the written one and the contexts of jobs that always run. Undefined when nothing is set, or
 * jobs were allowed to be without protection. Throws PolicyError.
 */
export function branchPolicy(
  config: Used,
  repo: RepoRef,
  branch: string,
  presubmits: readonly Presubmit[],
): BranchPolicy | undefined {
  const written = writtenPolicy(config, repo, branch);
  if (!written) return undefined;
  const all = config["branch-protection"];
  const jobs = branchRequirements(branch, presubmits, written.require_manually_triggered_jobs ?? false);
  let policy = written;
  if (countsAsTested(all, jobs)) {
    if (policy.protect === false) {
      if (all.allow_disabled_job_policies) return undefined;
      throw new PolicyError("required prow jobs require branch protection");
    }
    policy = mergePolicies(policy, {
      required_status_checks: jobs.required.length ? { contexts: jobs.required } : {},
      ...(all["protect-tested-repos"] && { protect: true }),
    });
  }
  if (policy.protect === false && saysMore(policy) && !all.allow_disabled_policies) {
    throw new PolicyError(`${repoName(repo)}=${branch} defines a policy, which requires protect: true`);
  }
  return policy.protect !== undefined || saysMore(policy) ? policy : undefined;
}

type Jobs = ReturnType<typeof branchRequirements>;

const countsAsTested = (all: BranchProtection, jobs: Jobs): boolean =>
  jobs.required.length > 0 ||
  Boolean(all.protect_repos_with_optional_jobs && jobs.requiredIfPresent.length + jobs.optional.length > 0);

/** Whether anything of GitHub's protection is set besides whether there is one. */
function saysMore(policy: BranchPolicy): boolean {
  const { protect: _asked, unmanaged: _ours, include: _in, exclude: _out, ...settings } = policy;
  return Object.values(settings).some((value) => value !== undefined);
}
