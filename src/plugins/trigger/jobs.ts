// From selected jobs to effects: ProwJobs that begin, and those that are no longer wanted.
import type { Presubmit } from "../../config/job.ts";
import { newProwJob, presubmitLabels, prowJobName } from "../../jobs/prow-job.ts";
import { centralPresubmits, hasOwnJobs, InRepoConfigError } from "../../jobs/repo-jobs.ts";
import { repoLink } from "../../jobs/repo-link.ts";
import { presubmitSpec } from "../../jobs/spec.ts";
import { isLabelValue } from "../../lib/kube-names.ts";
import type { Effect } from "../../model/effect.ts";
import { type PullRequest, type RepoRef, repoName } from "../../model/github.ts";
import { ORG_LABEL, PROW_JOB_TYPE_LABEL, PULL_LABEL, REPO_LABEL } from "../../model/labels.ts";
import { isComplete, PROW_JOB } from "../../model/prowjob.ts";
import type { Refs } from "../../model/refs.ts";
import type { Context } from "../plugin.ts";
import { automaticPresubmits } from "./selection.ts";
import { ABORTED } from "./texts.ts";

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
  const { config, jobs, log, read } = context;
  const central = centralPresubmits(config, repo);
  if (!hasOwnJobs(config, repo)) return central;
  const { base, head } = await pullRequest();
  const baseSHA = await read.branchSHA(repo, base.ref);
  if (!baseSHA) return central;
  try {
    return await jobs.presubmits(config, repo, { baseSHA, heads: [head.sha] });
  } catch (error) {
    if (!(error instanceof InRepoConfigError)) throw error;
    log.warn({ err: error.message, base: baseSHA, head: head.sha }, "Failed to get presubmits");
    return central;
  }
}

/** Files of the change; asked for once, and only when a filter needs them. */
export const changedFiles =
  ({ read }: Pick<Context, "read">, { repo, pr }: Pick<Change, "repo" | "pr">) =>
  async (): Promise<string[]> =>
    (await read.changedFiles({ ...repo, number: pr.number })).map(({ filename }) => filename);

/** All that runs by itself, unless the pull request is a draft. */
export async function startAutomatic(
  change: Change,
  presubmits: readonly Presubmit[],
  context: Context,
): Promise<Effect[]> {
  const { pr } = change;
  if (pr.draft || pr.mergeable === false) return [];
  const facts = { branch: pr.base.ref, changes: changedFiles(context, change) };
  return start(change, await automaticPresubmits(presubmits, facts), context);
}

/** ProwJobs for a change. A change that is known to conflict starts none, without a word. */
export async function start(
  change: Change,
  jobs: readonly Presubmit[],
  context: Context,
  labels: Record<string, string> = {},
): Promise<Effect[]> {
  const { pr, repo, guid } = change;
  if (pr.mergeable === false || jobs.length === 0) return [];
  const baseSHA = await context.read.branchSHA(repo, pr.base.ref);
  if (!baseSHA) throw new Error(`${repoName(repo)} has no branch ${pr.base.ref} to test #${pr.number} on`);
  const refs = pullRefs(change, baseSHA, repoLink(context.config, repo));
  return jobs.map((job) => ({
    do: "createProwJob",
    job: newProwJob(context.config, presubmitSpec(job, refs), {
      name: prowJobName(guid, repoName(repo), String(pr.number), pr.head.sha, job.name, job.context),
      labels: presubmitLabels(job, guid, labels),
      annotations: job.annotations,
      now: context.clock.now(),
    }),
  }));
}

function pullRefs({ repo, pr }: Change, baseSHA: string, link: string): Refs {
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
        ...(pr.user.html_url && { author_link: pr.user.html_url }),
      },
    ],
  };
}

/**
 * Aborts every presubmit of the pull request that is not over. Only the state is set: plank ends the pod and then
 * completes the job. A job that has changed since it was listed is looked at again when the event is retried.
 */
export async function abortAll(
  { repo, pr }: Pick<Change, "repo" | "pr">,
  context: Context,
): Promise<Effect[]> {
  const namespace = context.config.prowjob_namespace;
  const { items } = await context.kube.list(PROW_JOB, { namespace, labelSelector: selector(repo, pr) });
  return items
    .filter((job) => job.spec.refs?.org === repo.org && job.spec.refs.repo === repo.repo && !isComplete(job))
    .filter((job) => !(job.status.state === "aborted" && job.status.description === ABORTED))
    .map(({ metadata }) => ({
      do: "patchProwJob",
      name: metadata.name,
      namespace: metadata.namespace ?? namespace,
      resourceVersion: metadata.resourceVersion,
      patch: { status: { state: "aborted", description: ABORTED } },
    }));
}

function selector({ org, repo }: RepoRef, pr: PullRequest): string {
  const terms = [`${PROW_JOB_TYPE_LABEL}=presubmit`, `${PULL_LABEL}=${pr.number}`];
  // A name that is no label value is labelled otherwise; the refs are compared anyway.
  if (isLabelValue(org)) terms.push(`${ORG_LABEL}=${org}`);
  if (isLabelValue(repo)) terms.push(`${REPO_LABEL}=${repo}`);
  return terms.join(",");
}
