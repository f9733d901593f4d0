// git as Cutwater uses it itself (tide's batches): which of these heads merge cleanly onto that base?
import type { MergeMethod, RepoRef } from "../model/github.ts";

export interface Git {
  /**
   * Tries to merge the heads onto `baseSHA`, in order, leaving out each that conflicts with what came before.
   * Returns the numbers that merged, in order; stops at `limit` of them (0: no limit).
   */
  mergeable(
    repo: RepoRef,
    baseSHA: string,
    heads: { number: number; sha: string; method: MergeMethod }[],
    limit: number,
  ): Promise<number[]>;
}
