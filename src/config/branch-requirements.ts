// Which statuses of a branch's presubmits a merge needs: always, only when they are there, never.
import { couldRun } from "./branches.ts";
import type { Matcher, Presubmit } from "./job.ts";

type Changes = Pick<Matcher, "run_if_changed" | "skip_if_only_changed">;

export const hasFileFilter = (job: Changes): boolean =>
  Boolean(job.run_if_changed || job.skip_if_only_changed);

/** Only a comment starts it. */
export const needsExplicitTrigger = (job: Presubmit): boolean => !job.always_run && !hasFileFilter(job);

/** It may or may not run for a pull request: its status is then needed only if it is there. */
export const runsConditionally = (job: Presubmit): boolean => needsExplicitTrigger(job) || hasFileFilter(job);

/** GitHub needs its status for a merge. */
export const contextRequired = (job: Presubmit): boolean => !job.optional && !job.skip_report;

export interface BranchRequirements {
  required: string[];
  requiredIfPresent: string[];
  optional: string[];
}

/** Contexts in the order of the jobs. `requireManual`: what only a comment starts is required too. */
export function branchRequirements(
  branch: string,
  jobs: readonly Presubmit[],
  requireManual: boolean,
): BranchRequirements {
  const contexts: BranchRequirements = { required: [], requiredIfPresent: [], optional: [] };
  for (const job of jobs) {
    if (!couldRun(job, branch)) continue;
    contexts[bucketOf(job, requireManual)].push(job.context);
  }
  return contexts;
}

function bucketOf(job: Presubmit, requireManual: boolean): keyof BranchRequirements {
  if (!contextRequired(job)) return "optional";
  if (requireManual && needsExplicitTrigger(job)) return "required";
  return runsConditionally(job) ? "requiredIfPresent" : "required";
}
