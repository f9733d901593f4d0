// The one action that tide takes in a pool in one sync.
import type { Presubmit } from "../config/job.ts";
import type { TideAction } from "../model/tide-snapshot.ts";
import { accumulate, accumulateBatches, type Batches, type Standing } from "./accumulate.ts";
import { batchCandidates, isRetestEligible, preexistingBatch } from "./batch.ts";
import { unsuccessful } from "./contexts.ts";
import type { Candidate, Pool } from "./pool.ts";
import { batchPresubmits } from "./presubmits.ts";
import { alternatives } from "./query.ts";

export interface PoolOptions {
  /** Sets of labels; whoever has all of an earlier set goes first. */
  priority: readonly { labels?: string[] }[];
  /** Most pull requests in a batch; 0: no limit, -1: no batches. */
  batchSizeLimit: number;
  prioritizeExistingBatches: boolean;
}

export interface Decision {
  action: TideAction;
  targets: readonly Candidate[];
  /** Jobs to start, for TRIGGER and TRIGGER_BATCH. */
  presubmits: readonly Presubmit[];
}

/** Only git knows which of these merge cleanly onto each other: ask it, then decide again with the answer. */
export interface BatchQuestion {
  action: "TEST_BATCH";
  candidates: readonly Candidate[];
}

const nothing = (action: TideAction): Decision => ({ action, targets: [], presubmits: [] });

/** What a pool's tests amount to. */
export interface Tally extends Standing {
  batches: Batches;
}

export const tally = (pool: Pool): Tally => ({ ...accumulate(pool), batches: accumulateBatches(pool) });

/**
 * Merging comes before testing, a batch before a single pull request. While a batch is being tested nothing merges,
 * for that would void its result; while anything passes or is tested, no single test is started.
 * `mergesCleanly`: git's answer to an earlier BatchQuestion, in order.
 */
export function decide(
  pool: Pool,
  found: Tally,
  options: PoolOptions,
  mergesCleanly?: readonly Candidate[],
): Decision | BatchQuestion {
  if (pool.blockers.length > 0) return nothing("BLOCKED");
  const { success, pending } = found.batches;
  if (success.length > 0) return { action: "MERGE_BATCH", targets: success, presubmits: [] };
  if (pending.length === 0) {
    const first = inOrder(found.successes, options.priority).find(isPassing);
    if (first) return { action: "MERGE", targets: [first], presubmits: [] };
  }
  if (pool.candidates.every(({ presubmits }) => presubmits.length === 0)) return nothing("WAIT");
  if (pending.length === 0) {
    const batch = pickBatch(pool, options, mergesCleanly);
    if (batch) return batch;
  }
  if (found.missings.length > 0 && found.pendings.length === 0 && found.successes.length === 0) {
    const first = inOrder(found.missings, options.priority).find(isRetestEligible);
    if (first) {
      const presubmits = found.missingTests.get(first.pr.number) ?? [];
      return { action: "TRIGGER", targets: [first], presubmits };
    }
  }
  return nothing("WAIT");
}

function pickBatch(
  pool: Pool,
  { batchSizeLimit, prioritizeExistingBatches }: PoolOptions,
  mergesCleanly: readonly Candidate[] | undefined,
): Decision | BatchQuestion | undefined {
  if (pool.candidates.length < 2 || batchSizeLimit < 0) return undefined;
  const candidates = batchCandidates(pool);
  if (candidates.length < 2) return undefined;
  let batch = prioritizeExistingBatches ? preexistingBatch(pool, candidates, batchSizeLimit) : [];
  if (batch.length === 0) {
    if (!mergesCleanly) return { action: "TEST_BATCH", candidates };
    batch = [...mergesCleanly];
  }
  if (batch.length < 2) return undefined;
  const presubmits = batchPresubmits(pool, batch);
  return presubmits && { action: "TRIGGER_BATCH", targets: batch, presubmits };
}

const isPassing = ({ contexts, policy }: Candidate): boolean => unsuccessful(contexts, policy).length === 0;

/** By priority, then by number. */
export function inOrder(candidates: readonly Candidate[], priority: PoolOptions["priority"]): Candidate[] {
  const rank = ({ pr }: Candidate): number => {
    const tier = priority.findIndex(({ labels = [] }) =>
      labels.every((label) => alternatives(label).some((name) => pr.labels.includes(name))),
    );
    return tier === -1 ? priority.length : tier;
  };
  return candidates.toSorted((a, b) => rank(a) - rank(b) || a.pr.number - b.pr.number);
}
