// How pull requests are merged: the method, the words of the commit, and the statuses that must be there first.
import type { Config } from "../config/config.ts";
import { reportsChecks } from "../config/github-reporter.ts";
import { mergeCommitTemplate, mergeMethod } from "../config/tide.ts";
import { statusDescription } from "../jobs/description.ts";
import { parseTemplate } from "../lib/go/template.ts";
import type { Logger } from "../lib/logger.ts";
import type { Effect, Merge } from "../model/effect.ts";
import { issueName, type MergeMethod, type RepoRef, repoName } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { resultOf } from "./accumulate.ts";
import { TIDE_CONTEXT } from "./contexts.ts";
import type { Candidate, Pool } from "./pool.ts";
import { headKey, type PullRequest } from "./pull-request.ts";

/** A label beats the configuration; undefined when labels ask for several methods. */
export function methodFor(config: Config, pr: PullRequest): MergeMethod | undefined {
  const { squash_label, rebase_label, merge_label } = config.tide;
  const byLabel: [string | undefined, MergeMethod][] = [
    [squash_label, "squash"],
    [rebase_label, "rebase"],
    [merge_label, "merge"],
  ];
  const asked = byLabel.filter(([label]) => label && pr.labels.includes(label)).map(([, method]) => method);
  return asked.length > 1 ? undefined : (asked[0] ?? mergeMethod(config, pr, pr.branch));
}

export interface MergePlan {
  pool: Pool;
  targets: readonly Candidate[];
  config: Config;
  /** Where the `tide` status links to. */
  targetURL(pr: PullRequest): string;
  /** `overwrite-pending-contexts`: a job that the batch has passed need not be waited for. */
  overwritePending: boolean;
  log: Pick<Logger, "error">;
  /** When the base was no other. */
  seen: Date;
}

/** The `tide` status comes first, for branch protection may require it. */
export function mergeEffects(plan: MergePlan): Effect[] {
  const { pool, targets } = plan;
  const merges = targets.flatMap(({ pr, method }): Merge[] =>
    method ? [{ number: pr.number, sha: pr.headSHA, method, ...commitWords(plan, pr) }] : [],
  );
  const { org, repo } = pool;
  return [
    ...targets.flatMap(({ pr, contexts }): Effect[] =>
      contexts.some(({ context, state }) => context.toLowerCase() === TIDE_CONTEXT && state === "SUCCESS")
        ? []
        : [success(pool, pr, { context: TIDE_CONTEXT, description: "", target_url: plan.targetURL(pr) })],
    ),
    ...(plan.overwritePending
      ? targets.flatMap((target) => overwritten(pool, target, targets, plan.config))
      : []),
    {
      do: "mergeInOrder",
      repo: { org, repo },
      branch: pool.branch,
      base: { sha: pool.baseSHA, seen: plan.seen.toISOString() },
      merges,
    },
  ];
}

const success = (
  { org, repo }: RepoRef,
  pr: PullRequest,
  status: { context: string; description: string; target_url: string },
): Effect => ({
  do: "createStatus",
  repo: { org, repo },
  sha: pr.headSHA,
  status: { state: "success", ...status },
});

/** Pending presubmits of one of the batch, as the batch's own run of the same context ended. */
function overwritten(pool: Pool, { pr }: Candidate, batch: readonly Candidate[], config: Config): Effect[] {
  const heads = new Set(batch.map((other) => headKey(other.pr)));
  const covers = ({ spec }: ProwJob, wanted: ReadonlySet<string>) =>
    (spec.refs?.pulls ?? []).every(({ number, sha }) => wanted.has(headKey({ number, headSHA: sha })));
  const mine = new Set([headKey(pr)]);
  const passed = pool.prowJobs.filter(
    (job) => job.spec.type === "batch" && job.status.state === "success" && covers(job, heads),
  );
  const pending = pool.prowJobs.filter(
    (job) => job.spec.type === "presubmit" && resultOf(job.status.state) === "pending" && covers(job, mine),
  );
  return [...Map.groupBy(pending, (job) => job.spec.context ?? "")].flatMap(
    ([context, running]): Effect[] => {
      const job = passed.find((candidate) => candidate.spec.context === context);
      if (!job) return [];
      if (reportsChecks(config, pool)) return running.map((own) => overwrittenRun(pool, pr, own, job));
      const description = statusDescription(job.status.description ?? "", job.spec.refs?.base_sha);
      return [success(pool, pr, { context, description, target_url: job.status.url ?? "" })];
    },
  );
}

/** The check run of a job that is under way says what the batch's says; a result that is reported as a status has none. */
const overwrittenRun = ({ org, repo }: RepoRef, pr: PullRequest, own: ProwJob, passed: ProwJob): Effect => ({
  do: "reportCheckRun",
  repo: { org, repo },
  onlyIfThere: true,
  report: {
    name: own.spec.context ?? "",
    head_sha: pr.headSHA,
    external_id: own.metadata.name,
    status: "completed",
    conclusion: "success",
    ...(passed.status.url && { details_url: passed.status.url }),
    output: { title: passed.status.description ?? "", summary: "Passed as part of a batch." },
    annotations: [],
    actions: [],
  },
});

/** Title and body from `merge_commit_template` of the repository, else of the org; GitHub's own without one. */
function commitWords({ config, log }: MergePlan, pr: PullRequest): Pick<Merge, "title" | "message"> {
  const words = (text: string | undefined): string | undefined => {
    if (!text) return undefined;
    try {
      return parseTemplate(text).execute(templateData(pr));
    } catch (error) {
      log.error({ error, pr: issueName(pr), template: text }, "error executing commit template");
      return undefined;
    }
  };
  const { title, body } = mergeCommitTemplate(config, pr);
  const [subject, message] = [words(title), words(body)];
  return { ...(subject && { title: subject }), ...(message && { message }) };
}

/** What templates may name: Prow's CodeReviewCommon, in Go's spelling. */
function templateData(pr: PullRequest): object {
  const shared = {
    Number: pr.number,
    Title: pr.title,
    Body: pr.body,
    HeadRefName: pr.headRef,
    HeadRefOID: pr.headSHA,
    Mergeable: pr.mergeable,
  };
  return {
    ...shared,
    NameWithOwner: repoName(pr),
    Org: pr.org,
    Repo: pr.repo,
    BaseRefPrefix: "refs/heads/",
    BaseRefName: pr.branch,
    AuthorLogin: pr.author,
    GitHub: {
      ...shared,
      Author: { Login: pr.author },
      BaseRef: { Name: pr.branch, Prefix: "refs/heads/" },
      Repository: { Name: pr.repo, NameWithOwner: repoName(pr), Owner: { Login: pr.org } },
      Labels: { Nodes: pr.labels.map((Name) => ({ Name })) },
      Milestone: pr.milestone === undefined ? null : { Title: pr.milestone },
      MergeStateStatus: pr.mergeStateStatus,
      CanBeRebased: pr.canBeRebased,
      ReviewDecision: pr.reviewDecision,
    },
  };
}
