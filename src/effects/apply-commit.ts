// Effects on what GitHub shows beside a commit: statuses, check runs, runs of its own workflows.
import { GitHubError, isRefusal } from "../github/error.ts";
import type { CommitEffect } from "../model/effect.ts";
import { repoName } from "../model/github.ts";
import type { GitHubTools } from "./github-tools.ts";
import { reportCheckRun } from "./report-check-run.ts";

export async function applyCommit(effect: CommitEffect, tools: GitHubTools): Promise<void> {
  const { read, write } = tools.github;
  switch (effect.do) {
    case "createStatus":
      if (effect.unlessThere && (await isThere(effect, tools.github))) return;
      return write.createStatus(effect.repo, effect.sha, effect.status);
    case "createCheckRun":
      return createCheckRun(effect, tools);
    case "reportCheckRun":
      return reportCheckRun(effect, tools.github);
    case "rerunFailedJobs": {
      const { attempt, repo, run } = effect;
      return unlessRefused(effect, tools, async () => {
        const now = await read.workflowRun(repo, run);
        if (now.run_attempt <= attempt) await write.rerunFailedJobs(repo, run);
      });
    }
    case "approveWorkflowRun":
      return unlessRefused(effect, tools, () => write.approveWorkflowRun(effect.repo, effect.run));
    default:
      effect satisfies never;
  }
}

async function isThere(
  { repo, sha, status }: Extract<CommitEffect, { do: "createStatus" }>,
  { read }: GitHubTools["github"],
): Promise<boolean> {
  const present = (await read.statuses(repo, sha)).find(({ context }) => context === status.context);
  if (!present || (present.target_url ?? "") !== (status.target_url ?? "")) return false;
  // Whoever was here has told how the same run ended.
  if (status.state === "pending" && present.state !== "pending" && status.target_url) return true;
  return present.state === status.state && (present.description ?? "") === status.description;
}

async function createCheckRun(
  { repo, run }: Extract<CommitEffect, { do: "createCheckRun" }>,
  { github }: GitHubTools,
): Promise<void> {
  const reported = (await github.read.checkRuns(repo, run.head_sha)).some(
    ({ external_id, name }) => name === run.name && external_id === run.external_id,
  );
  if (!reported) await github.write.createCheckRun(repo, run);
}

/**
 * GitHub refuses what is done already (somebody else was first), and what the bot may not do. Neither is to keep the
 * jobs of the same comment from starting.
 */
async function unlessRefused(
  { repo, run }: { repo: { org: string; repo: string }; run: number },
  { log }: GitHubTools,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    const isBusy = error instanceof GitHubError && error.status === 409;
    if (!isRefusal(error) && !isBusy) throw error;
    log.warn(
      { ...repo, run, err: (error as Error).message },
      `GitHub left workflow run ${run} of ${repoName(repo)} as it is. Does the bot have the permission actions: write?`,
    );
  }
}
