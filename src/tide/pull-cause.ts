// On whose behalf tide acts, and why, in sentences: for the record.
import type { Cause } from "../lib/cause.ts";
import type { TideAction } from "../model/tide-snapshot.ts";
import type { Candidate, Pool } from "./pool.ts";
import type { PullRequest } from "./pull-request.ts";

export const pullCause = (
  { org, repo, number, headSHA }: Pick<PullRequest, "org" | "repo" | "number" | "headSHA">,
  because: readonly string[],
): Cause => ({ component: "tide", org, repo, pr: number, sha: headSHA, because });

/** Of an action on a pool. */
export function actionCause(
  { org, repo, branch, baseSHA }: Pick<Pool, "org" | "repo" | "branch" | "baseSHA">,
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
  return {
    ...{ component: "tide", org, repo, because: why ? [why] : [] },
    ...(targets.length === 1 && first && { pr: first.pr.number, sha: first.pr.headSHA }),
    ...(targets.length > 1 && { pulls: targets.map(({ pr }) => pr.number) }),
  };
}
