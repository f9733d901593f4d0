// trigger_github_workflows: GitHub's own workflows are run again and approved together with our jobs.
import { isRefusal } from "../../github/error.ts";
import type { Effect } from "../../model/effect.ts";
import type { WorkflowRun } from "../../model/github.ts";
import type { Context } from "../plugin.ts";
import type { Change } from "../pull-jobs.ts";

/** Of pull requests: what a push started is no affair of a comment's. */
const STARTED_BY = new Set(["pull_request", "pull_request_target", "workflow_call"]);
const PASSED = new Set(["success", "skipped"]);
/** A run that awaits approval is over, by its status. */
const AWAITS = "action_required";

/** Runs the failed jobs of the head's workflow runs again. */
export async function rerunFailed(change: Change, context: Context): Promise<Effect[]> {
  const runs = await runsOf(change, context);
  return runs
    .filter(({ conclusion, status }) => status === "completed" && !PASSED.has(conclusion ?? ""))
    .filter(({ conclusion }) => conclusion !== AWAITS)
    .map(({ id, run_attempt }) => ({
      do: "rerunFailedJobs",
      repo: change.repo,
      run: id,
      attempt: run_attempt,
    }));
}

/** Lets the head's workflow runs start that wait for somebody to trust it. */
export async function approvePending(change: Change, context: Context): Promise<Effect[]> {
  const runs = await runsOf(change, context);
  return runs
    .filter(({ conclusion, status }) => status === AWAITS || conclusion === AWAITS)
    .map(({ id }) => ({ do: "approveWorkflowRun", repo: change.repo, run: id }));
}

/** Our own jobs run also where the bot may not look at workflows. */
async function runsOf({ pr, repo }: Change, { log, read }: Context): Promise<WorkflowRun[]> {
  try {
    const runs = await read.workflowRuns(repo, pr.head.sha);
    return runs.filter(({ event }) => STARTED_BY.has(event));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn(
      { err: error.message, sha: pr.head.sha },
      "workflow runs can not be listed: trigger_github_workflows needs the permission actions: write",
    );
    return [];
  }
}
