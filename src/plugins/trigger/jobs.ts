// From selected jobs to effects: ProwJobs that begin, and those that are no longer wanted.
import type { Presubmit } from "../../config/job.ts";
import { isLabelValue } from "../../lib/kube-names.ts";
import type { Effect } from "../../model/effect.ts";
import { type PullRequest, type RepoRef, repoName } from "../../model/github.ts";
import { ORG_LABEL, PROW_JOB_TYPE_LABEL, PULL_LABEL, REPO_LABEL } from "../../model/labels.ts";
import { isComplete, PROW_JOB } from "../../model/prowjob.ts";
import { prRef } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import { type Change, changedFiles, presubmitJob } from "../pull-jobs.ts";
import { automaticPresubmits } from "./selection.ts";
import { ABORTED } from "./texts.ts";

/** All that runs by itself, unless the pull request is a draft. */
export async function startAutomatic(
  change: Change,
  presubmits: readonly Presubmit[],
  context: Context,
): Promise<Effect[]> {
  const { pr } = change;
  if (pr.draft || pr.mergeable === false) return [];
  const facts = { branch: pr.base.ref, changes: changedFiles(context, change) };
  const jobs = await automaticPresubmits(presubmits, facts);
  if (jobs.length === 0 || (await isOvertaken(change, context))) return [];
  return start(change, jobs, context);
}

/**
 * Whether the pull request has surely changed since what the event tells: webhooks come in any order, and one of an older
 * head neither runs that nor ends what runs for the newer one. The webhook of the newer one has come or will.
 */
async function isOvertaken(
  { repo, pr }: Pick<Change, "repo" | "pr">,
  { log, read }: Context,
): Promise<boolean> {
  const now = await read.pullRequest(prRef(repo, pr), { known: true });
  // An answer of GitHub's may be older than its webhook. Of the same second nobody knows.
  const isNewer = Date.parse(now.updated_at) > Date.parse(pr.updated_at);
  const isOther =
    now.head.sha !== pr.head.sha ||
    now.base.ref !== pr.base.ref ||
    now.state !== pr.state ||
    now.draft !== pr.draft;
  if (isNewer && isOther)
    log.info({ sha: pr.head.sha, now: now.head.sha, state: now.state }, "The event tells of what is over.");
  return isNewer && isOther;
}

/** ProwJobs for a change. A change that is known to conflict starts none, without a word. */
export async function start(
  change: Change,
  jobs: readonly Presubmit[],
  context: Context,
  labels: Record<string, string> = {},
): Promise<Effect[]> {
  const { pr, repo } = change;
  if (pr.mergeable === false || jobs.length === 0) return [];
  const baseSHA = await context.read.branchSHA(repo, pr.base.ref);
  if (!baseSHA) throw new Error(`${repoName(repo)} has no branch ${pr.base.ref} to test #${pr.number} on`);
  return jobs.map((job) => ({
    do: "createProwJob",
    job: presubmitJob(change, job, baseSHA, context, { labels }),
  }));
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
  const running = items
    .filter((job) => job.spec.refs?.org === repo.org && job.spec.refs.repo === repo.repo && !isComplete(job))
    .filter((job) => !(job.status.state === "aborted" && job.status.description === ABORTED));
  if (running.length === 0 || (await isOvertaken({ repo, pr }, context))) return [];
  return running.map(({ metadata }) => ({
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
