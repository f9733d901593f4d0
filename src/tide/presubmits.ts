// Presubmits that must pass on the current base before a pull request, or a batch of them, may merge.
import type { Presubmit } from "../config/job.ts";
import { contextRequired, hasFileFilter, needsExplicitTrigger, shouldRunOn } from "../jobs/filter.ts";
import type { Candidate, Pool } from "./pool.ts";
import { headKey } from "./pull-request.ts";

export interface PresubmitSources {
  presubmits: readonly Presubmit[];
  branch: string;
  /** Jobs that run on demand only are required too. */
  requireManual: boolean;
}

/** Jobs that tide waits for at all, whichever files changed. */
const relevantPresubmits = ({ presubmits }: Pick<PresubmitSources, "presubmits">): Presubmit[] =>
  presubmits.filter((job) => contextRequired(job) || job.run_before_merge);

/** Whether `requiredPresubmits` needs to know the changed files. */
export const needsFiles = (sources: PresubmitSources): boolean =>
  relevantPresubmits(sources).some((job) => hasFileFilter(job) && !forced(job, sources));

/** `files`: paths that the pull request, or the batch together, changes. */
export const requiredPresubmits = (sources: PresubmitSources, files: readonly string[]): Presubmit[] =>
  relevantPresubmits(sources).filter((job) =>
    shouldRunOn(job, sources.branch, files, forced(job, sources), false),
  );

const forced = (job: Presubmit, { requireManual }: PresubmitSources): boolean =>
  Boolean(job.run_before_merge) || (requireManual && contextRequired(job) && needsExplicitTrigger(job));

/** What a batch must pass; undefined when its repository keeps jobs itself and those of the batch are not known. */
export const batchPresubmits = (pool: Pool, batch: readonly Candidate[]): readonly Presubmit[] | undefined =>
  pool.batchJobs
    ? pool.batchJobs.get(batchKey(batch))
    : requiredPresubmits(pool, [...new Set(batch.flatMap(({ files }) => files ?? []))]);

/** The heads in order: in another order they may merge to something else. */
export const batchKey = (batch: readonly Candidate[]): string => batch.map(({ pr }) => headKey(pr)).join();
