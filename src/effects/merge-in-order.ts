// Merges pull requests one after the other, each only at the head that was tested; what GitHub refuses is named at the end.
import type { GitHubError } from "../github/error.ts";
import type { GitHub } from "../github/port.ts";
import type { GitHubEffect, Merge } from "../model/effect.ts";
import { repoName } from "../model/github.ts";
import type { GitHubTools } from "./github-tools.ts";

/** After a merge GitHub needs this long to recompute mergeability. */
export const MERGE_PAUSE_MS = 5_000;
/** GitHub answers "Base branch was modified" while it recomputes: wait this long, then twice as long. */
const BASE_CHANGED_PAUSE_MS = 4_000;
const BASE_CHANGED_ATTEMPTS = 3;

/** For a single merge what was seen of the base is as good as new for so long: GitHub takes no condition on it. */
const FRESH_MS = 1_000;

type MergeEffect = Extract<GitHubEffect, { do: "mergeInOrder" }>;

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
  const base = new Base(effect, tools);
  for (const [index, merge] of effect.merges.entries()) {
    const refusal = await tryMerge(effect, merge, base, tools);
    if (refusal) refusals.push(refusal);
    else merged.push(merge.number);
    if (refusal?.stopsBatch) break;
    if (!refusal && index + 1 < effect.merges.length) await tools.clock.sleep(tools.mergePauseMs);
  }
  if (refusals.length > 0) throw new AggregateError(refusals, summary(effect, merged, refusals));
}

/** The branch as it is known: what was tested, and what we have merged onto that. */
class Base {
  readonly #effect: MergeEffect;
  readonly #tools: GitHubTools;
  /** Empty: nobody says what it was. GitHub may be late in telling of our own merges. */
  readonly #ours = new Set<string>();
  #seen = 0;
  /** Our last merge, when it is not known yet what it was made onto. */
  #made: string | undefined;

  constructor(effect: MergeEffect, tools: GitHubTools) {
    this.#effect = effect;
    this.#tools = tools;
    if (!effect.base) return;
    this.#ours.add(effect.base.sha);
    this.#seen = Date.parse(effect.base.seen);
  }

  /** `sha`: "" when GitHub did not say. */
  moved(sha: string, method?: Merge["method"]): void {
    if (this.#ours.size === 0 || !sha) this.#ours.clear();
    else if (method === "rebase") this.#ours.add(sha);
    else this.#made = sha;
  }

  /** Whether somebody else has moved it, as far as can be known. */
  async isForeign(): Promise<boolean> {
    const { repo, branch, merges } = this.#effect;
    const { clock, github } = this.#tools;
    const isFresh = merges.length === 1 && clock.now().getTime() - this.#seen < FRESH_MS;
    if (this.#ours.size === 0 || isFresh) return false;
    if (this.#made !== undefined) {
      const [onto = ""] = (await github.read.commit(repo, this.#made)).parents;
      if (!this.#ours.has(onto)) return true;
      this.#ours.add(this.#made);
      this.#made = undefined;
    }
    const sha = await github.read.branchSHA(repo, branch);
    this.#seen = clock.now().getTime();
    return sha !== undefined && !this.#ours.has(sha);
  }
}

async function tryMerge(
  { repo, branch }: MergeEffect,
  merge: Merge,
  base: Base,
  { github, clock, log }: GitHubTools,
): Promise<MergeRefused | undefined> {
  const { number, ...how } = merge;
  const pr = { ...repo, number };
  for (let attempt = 1; ; attempt++) {
    const refusal = await refusalByBase(number, branch, base);
    if (refusal) return refusal;
    try {
      base.moved(await github.write.merge(pr, how), how.method);
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
      if (status === 405 && (await isMerged(github, pr, merge.sha))) {
        base.moved("");
        return undefined;
      }
      return explain(number, error);
    }
  }
}

/** That the base can not be read says nothing about what may be merged: the next one asks again. */
async function refusalByBase(number: number, branch: string, base: Base): Promise<MergeRefused | undefined> {
  try {
    const words = `${branch} has moved since this was tested on it`;
    return (await base.isForeign()) ? new MergeRefused(number, words, true) : undefined;
  } catch (error) {
    return refused(
      number,
      `whether ${branch} has moved since this was tested on it can not be told: `,
      error,
    );
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
