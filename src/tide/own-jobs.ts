// Presubmits where repositories keep some themselves: what a pull request or a batch would run depends on what it merges.
import type { Config } from "../config/config.ts";
import type { Presubmit } from "../config/job.ts";
import { centralPresubmits, hasOwnJobs, type RepoJobs } from "../jobs/repo-jobs.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { validBatches } from "./accumulate.ts";
import { policySources } from "./contexts.ts";
import type { Candidate, Pool } from "./pool.ts";
import { batchKey, needsFiles, requiredPresubmits } from "./presubmits.ts";
import type { PullRequest } from "./pull-request.ts";
import type { RepoFacts } from "./repo-facts.ts";

export interface OwnJobsTools {
  config: Config;
  facts: Pick<RepoFacts, "changedFiles">;
  repoJobs: RepoJobs;
  log: Logger;
}

/** `unusable`: why only the central ones are told. */
export interface PullPresubmits {
  presubmits: readonly Presubmit[];
  unusable?: string;
}

/** All presubmits of the repository with this head merged onto the base (default: its branch). Never rejects. */
export async function presubmitsOfPull(
  pr: PullRequest,
  baseSHA: string | undefined,
  { config, facts, repoJobs }: Pick<OwnJobsTools, "config" | "repoJobs"> & { facts: RepoFacts },
): Promise<PullPresubmits> {
  const central = centralPresubmits(config, pr);
  if (!hasOwnJobs(config, pr)) return { presubmits: central };
  try {
    const base = baseSHA ?? (await facts.baseSHA([pr]));
    if (!base) return { presubmits: central, unusable: `there is no branch ${pr.branch}` };
    return { presubmits: await repoJobs.presubmits(config, pr, { baseSHA: base, heads: [pr.headSHA] }) };
  } catch (error) {
    return { presubmits: central, unusable: errorText(error) };
  }
}

/** The pool with what every batch that has tests already must pass; one whose jobs can not be told counts as none. */
export async function withBatchJobs(pool: Pool, tools: OwnJobsTools): Promise<Pool> {
  if (!hasOwnJobs(tools.config, pool)) return pool;
  const batchJobs = new Map<string, readonly Presubmit[]>();
  for (const { candidates } of validBatches(pool)) {
    try {
      batchJobs.set(batchKey(candidates), await jobsOfBatch(pool, candidates, tools));
    } catch (error) {
      const numbers = candidates.map(({ pr }) => pr.number);
      tools.log.error({ err: errorText(error), batch: numbers }, "Error getting presubmits for batch");
    }
  }
  return { ...pool, batchJobs };
}

/** The pool with what one more batch must pass. Rejects when that can not be told. */
export async function withJobsOf(
  pool: Pool,
  batch: readonly Candidate[],
  tools: OwnJobsTools,
): Promise<Pool> {
  if (!pool.batchJobs || batch.length === 0) return pool;
  const jobs = await jobsOfBatch(pool, batch, tools);
  return { ...pool, batchJobs: new Map([...pool.batchJobs, [batchKey(batch), jobs]]) };
}

async function jobsOfBatch(
  pool: Pool,
  batch: readonly Candidate[],
  { config, facts, repoJobs }: OwnJobsTools,
): Promise<readonly Presubmit[]> {
  const at = { baseSHA: pool.baseSHA, heads: batch.map(({ pr }) => pr.headSHA) };
  const presubmits = await repoJobs.presubmits(config, pool, at);
  const { requireManual } = policySources(config, pool, pool.branch, presubmits);
  const sources = { presubmits, branch: pool.branch, requireManual };
  const files = new Set<string>();
  if (needsFiles(sources)) {
    for (const { pr } of batch) for (const file of await facts.changedFiles(pr)) files.add(file);
  }
  return requiredPresubmits(sources, [...files]);
}
