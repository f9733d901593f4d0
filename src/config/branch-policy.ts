// What branch-protection says of one branch: the policies of all, the org, the repository and the branch, merged.
import type { RepoRef } from "../model/github.ts";
import type { BranchPolicy } from "./branch-protection.ts";
import type { Config } from "./config.ts";

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
const policyOf = (section: object | undefined): BranchPolicy =>
  Object.fromEntries(Object.entries(section ?? {}).filter(([key]) => !NOT_POLICY.has(key)));

/** The configured policy of a branch before any jobs are looked at; undefined when its org is not configured. */
export function branchPolicy(
  config: Pick<Config, "branch-protection">,
  { org, repo }: RepoRef,
  branch: string,
): BranchPolicy | undefined {
  const all = config["branch-protection"];
  const ofOrg = all.orgs?.[org];
  if (!ofOrg) return undefined;
  const ofRepo = ofOrg.repos?.[repo];
  const policies = [all, ofOrg, ofRepo, ofRepo?.branches?.[branch]].map(policyOf);
  return policies.reduce<unknown>(merged, {}) as BranchPolicy;
}
