// Presubmits of a pull request: which there are, and the ProwJob that one becomes.
import type { Config } from "../config/config.ts";
import type { Presubmit } from "../config/job.ts";
import { newProwJob, presubmitLabels, prowJobName } from "../jobs/prow-job.ts";
import { centralPresubmits, hasOwnJobs, InRepoConfigError } from "../jobs/repo-jobs.ts";
import { accountLink, repoLink } from "../jobs/repo-link.ts";
import { presubmitSpec } from "../jobs/spec.ts";
import { type PullRequest, type RepoRef, repoName } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";
import type { Context } from "./plugin.ts";

export interface Change {
  repo: RepoRef;
  pr: PullRequest;
  guid: string;
}

/**
 * The presubmits of a repository for a pull request. When the repository's own can not be used, those of the central
 * configuration still run: one of them may be what says what is wrong.
 */
export async function presubmitsOf(
  context: Context,
  repo: RepoRef,
  pullRequest: () => PullRequest | Promise<PullRequest>,
): Promise<readonly Presubmit[]> {
  const { config, log } = context;
  if (!hasOwnJobs(config, repo)) return centralPresubmits(config, repo);
  const pr = await pullRequest();
  try {
    return await presubmitsAt(context, repo, pr);
  } catch (error) {
    if (!(error instanceof InRepoConfigError)) throw error;
    log.warn({ err: error.message, base: pr.base.ref, head: pr.head.sha }, "Failed to get presubmits");
    return centralPresubmits(config, repo);
  }
}

/** The presubmits as the pull request has them. Rejects with InRepoConfigError when the repository's own are of no use. */
export async function presubmitsAt(
  { config, jobs, read }: Pick<Context, "config" | "jobs" | "read">,
  repo: RepoRef,
  { base, head }: PullRequest,
): Promise<readonly Presubmit[]> {
  if (!hasOwnJobs(config, repo)) return centralPresubmits(config, repo);
  const baseSHA = await read.branchSHA(repo, base.ref);
  if (!baseSHA) return centralPresubmits(config, repo);
  return jobs.presubmits(config, repo, { baseSHA, heads: [head.sha] });
}

/** Files of the change; asked for once, and only when a filter needs them. */
export const changedFiles =
  ({ read }: Pick<Context, "read">, { repo, pr }: Pick<Change, "repo" | "pr">) =>
  async (): Promise<string[]> =>
    (await read.changedFiles({ ...repo, number: pr.number })).map(({ filename }) => filename);

/** The ProwJob of a presubmit for a change. `cause` tells apart what one event makes of the same job. */
export function presubmitJob(
  change: Change,
  job: Presubmit,
  baseSHA: string,
  { clock, config }: Pick<Context, "clock" | "config">,
  { cause = [], labels = {} }: { cause?: string[]; labels?: Record<string, string> } = {},
): ProwJob {
  const { guid, pr, repo } = change;
  const refs = pullRefs(change, baseSHA, config);
  // Not the head: an event that comes again after a push, since the queue was lost, has had its job.
  const identity = [guid, repoName(repo), String(pr.number), job.name, job.context];
  return newProwJob(config, presubmitSpec(job, refs), {
    name: prowJobName(...identity, ...cause),
    labels: presubmitLabels(job, guid, labels),
    annotations: job.annotations,
    now: clock.now(),
  });
}

function pullRefs({ repo, pr }: Change, baseSHA: string, config: Config): Refs {
  const link = repoLink(config, repo);
  return {
    ...repo,
    repo_link: link,
    base_ref: pr.base.ref,
    base_sha: baseSHA,
    base_link: `${link}/commit/${baseSHA}`,
    pulls: [
      {
        number: pr.number,
        author: pr.user.login,
        sha: pr.head.sha,
        title: pr.title,
        head_ref: pr.head.ref,
        link: `${link}/pull/${pr.number}`,
        commit_link: `${link}/pull/${pr.number}/commits/${pr.head.sha}`,
        author_link: accountLink(config, pr.user.login),
      },
    ],
  };
}
