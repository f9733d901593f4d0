// On whose behalf tide acts, and why, in sentences: for the record.
import type { Cause } from "../lib/cause.ts";
import { compareText } from "../lib/compare-text.ts";
import { spanOfJob } from "../model/job-cause.ts";
import { createdAt } from "../model/prowjob.ts";
import type { TideAction } from "../model/tide-snapshot.ts";
import type { Candidate, Pool } from "./pool.ts";
import type { PullRequest } from "./pull-request.ts";

export const pullCause = (
  { org, repo, number, headSHA }: Pick<PullRequest, "org" | "repo" | "number" | "headSHA">,
  because: readonly string[],
): Cause => ({ component: "tide", org, repo, pr: number, sha: headSHA, because });

/** Of an action on a pool. */
export function actionCause(
  { org, repo, branch, baseSHA, prowJobs }: Pick<Pool, "org" | "repo" | "branch" | "baseSHA" | "prowJobs">,
  action: TideAction,
  targets: readonly Pick<Candidate, "pr">[],
): Cause {
  const base = `${branch} at ${baseSHA.slice(0, 7)}`;
  const numbers = targets.map(({ pr }) => `#${pr.number}`).join(", ");
  const sentences: Partial<Record<TideAction, string>> = {
    TRIGGER: `It may merge once its jobs have passed together with ${base}.`,
    TRIGGER_BATCH: `${numbers} may merge together once their jobs have passed together with ${base}.`,
    MERGE: `It meets every requirement, and its jobs have passed together with ${base}.`,
    MERGE_BATCH: `${numbers} meet every requirement, and their jobs have passed together with ${base}.`,
  };
  const [first] = targets;
  const why = sentences[action];
  const span = spanOfJobs(prowJobs, targets);
  return {
    ...{ component: "tide", org, repo, because: why ? [why] : [] },
    ...(span && { span }),
    ...(targets.length === 1 && first && { pr: first.pr.number, sha: first.pr.headSHA }),
    ...(targets.length > 1 && { pulls: targets.map(({ pr }) => pr.number) }),
  };
}

/** The trace of the newest job of any of them goes on: a delivery has started it. */
function spanOfJobs(jobs: Pool["prowJobs"], targets: readonly Pick<Candidate, "pr">[]) {
  const heads = new Set(targets.map(({ pr }) => pr.headSHA));
  return jobs
    .filter(({ spec }) => spec.refs?.pulls?.some(({ sha }) => heads.has(sha)))
    .sort((a, b) => compareText(createdAt(b), createdAt(a)))
    .map(spanOfJob)
    .find((span) => span !== undefined);
}
