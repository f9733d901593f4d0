// Merges pull requests one after the other, each only at the head that was tested; what GitHub refuses is named at the end.
import type { GitHubError } from "../github/error.ts";
import type { GitHub } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { GitHubEffect, Merge } from "../model/effect.ts";
import { repoName } from "../model/github.ts";

/** After a merge GitHub needs this long to recompute mergeability. */
export const MERGE_PAUSE_MS = 5_000;
/** GitHub answers "Base branch was modified" while it recomputes: wait this long, then twice as long. */
const BASE_CHANGED_PAUSE_MS = 4_000;
const BASE_CHANGED_ATTEMPTS = 3;

type MergeEffect = Extract<GitHubEffect, { do: "mergeInOrder" }>;

/** What acting on GitHub takes. */
export interface GitHubTools {
  github: GitHub;
  clock: Pick<Clock, "sleep">;
  log: Logger;
  /** Between two merges of a batch. */
  mergePauseMs: number;
}

/** One pull request that GitHub did not merge. */
class MergeRefused extends Error {
  override name = "MergeRefused";
  readonly number: number;
  /** No other pull request of the branch can be merged either. */
  readonly stopsBatch: boolean;

  constructor(number: number, message: string, stopsBatch: boolean, options?: ErrorOptions) {
    super(message, options);
    this.number = number;
    this.stopsBatch = stopsBatch;
  }
}

/** Throws an AggregateError of MergeRefused when not every one was merged. */
export async function mergeInOrder(effect: MergeEffect, tools: GitHubTools): Promise<void> {
  const refusals: MergeRefused[] = [];
  const merged: number[] = [];
  for (const [index, merge] of effect.merges.entries()) {
    const refusal = await tryMerge(effect, merge, tools);
    if (refusal) refusals.push(refusal);
    else merged.push(merge.number);
    if (refusal?.stopsBatch) break;
    if (!refusal && index + 1 < effect.merges.length) await tools.clock.sleep(tools.mergePauseMs);
  }
  if (refusals.length > 0) throw new AggregateError(refusals, summary(effect, merged, refusals));
}

async function tryMerge(
  { repo }: MergeEffect,
  merge: Merge,
  { github, clock, log }: GitHubTools,
): Promise<MergeRefused | undefined> {
  const { number, ...how } = merge;
  const pr = { ...repo, number };
  for (let attempt = 1; ; attempt++) {
    try {
      await github.write.merge(pr, how);
      log.info({ org: repo.org, repo: repo.repo, pr: number, sha: merge.sha }, "Merged.");
      return undefined;
    } catch (error) {
      const { status, message } = error as GitHubError;
      if (status === 405 && message.includes("Base branch was modified")) {
        if (attempt >= BASE_CHANGED_ATTEMPTS) return refused(number, "base branch was modified: ", error);
        await clock.sleep(BASE_CHANGED_PAUSE_MS * 2 ** (attempt - 1));
        continue;
      }
      // The answer to an earlier try may have been lost: what is merged at that head is done.
      if (status === 405 && (await isMerged(github, pr, merge.sha))) return undefined;
      return explain(number, error);
    }
  }
}

async function isMerged(github: GitHub, pr: Parameters<GitHub["read"]["pullRequest"]>[0], sha: string) {
  try {
    const now = await github.read.pullRequest(pr);
    return now.merged && now.head.sha === sha;
  } catch {
    return false; // the refusal is the error to tell
  }
}

/** The words are Prow's. */
function explain(number: number, error: unknown): MergeRefused {
  const { status, message } = error as GitHubError;
  if (status === 409) return refused(number, "PR was modified: ", error);
  if (message.includes("You're not authorized to push to this branch") || status === 403 || status === 401) {
    return refused(number, "branch needs to be configured to allow this robot to push: ", error, true);
  }
  if (message.includes("Merge commits are not allowed on this repository")) {
    return refused(
      number,
      "Tide needs to be configured to use the 'rebase' merge method for this repo or the repo needs to allow merge commits: ",
      error,
      true,
    );
  }
  if (status === 405) {
    const hint = "PR is unmergable. Do the Tide merge requirements match the GitHub settings for the repo? ";
    return refused(number, hint, error);
  }
  return refused(number, "", error);
}

const refused = (number: number, prefix: string, error: unknown, stopsBatch = false): MergeRefused =>
  new MergeRefused(number, prefix + (error as Error).message, stopsBatch, { cause: error });

function summary({ repo, branch, merges }: MergeEffect, merged: number[], refusals: MergeRefused[]): string {
  const list = (numbers: number[]) => numbers.map((number) => `#${number}`).join(", ");
  const batch = merges.length > 1 ? ` from batch [${list(merges.map((merge) => merge.number))}]` : "";
  const partial = batch && merged.length > 0 ? `, partial merge [${list(merged)}]` : "";
  const causes = refusals.map(({ number, message }) => `#${number}: ${message}`).join("; ");
  return `failed merging ${list(refusals.map((r) => r.number))} of ${repoName(repo)} ${branch}${batch}${partial}: ${causes}`;
}
