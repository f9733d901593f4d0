// Which pull requests could be tested together.
import type { ProwJob } from "../model/prowjob.ts";
import { isOptional, missingRequired, TIDE_CONTEXT } from "./contexts.ts";
import type { Candidate, Pool } from "./pool.ts";
import { headKey } from "./pull-request.ts";

/**
 * All that must pass has passed once, on some base: only then is a new test likely to be worth it. Pending counts
 * when tide itself started the job on this head, for then it had passed before.
 */
export function isRetestEligible({ contexts, policy, startedByTide }: Candidate): boolean {
  const names = contexts.map(({ context }) => context);
  if (missingRequired(policy, names).length > 0) return false;
  return contexts.every(
    ({ context, state }) =>
      context === TIDE_CONTEXT ||
      state === "SUCCESS" ||
      isOptional(policy, context) ||
      (state === "PENDING" && startedByTide.has(context)),
  );
}

/** Lowest number first. */
export const batchCandidates = (pool: Pool): Candidate[] =>
  pool.candidates.filter(isRetestEligible).sort((a, b) => a.pr.number - b.pr.number);

/**
 * A batch of these candidates that has tests already, so that their results are used again; empty when there is none.
 * The one with most successful jobs, else most pending ones. `limit` 0: batches of any size.
 */
export function preexistingBatch(pool: Pool, candidates: readonly Candidate[], limit: number): Candidate[] {
  const byHead = new Map(candidates.map((candidate) => [headKey(candidate.pr), candidate]));
  const batchOf = ({ spec }: ProwJob): Candidate[] => {
    const pulls = spec.refs?.pulls ?? [];
    if (spec.type !== "batch" || (limit !== 0 && pulls.length > limit)) return [];
    const batch = pulls.flatMap(({ number, sha }) => byHead.get(headKey({ number, headSHA: sha })) ?? []);
    return batch.length === pulls.length ? batch : [];
  };
  for (const state of ["success", "pending"] as const) {
    const batches = pool.prowJobs.filter((job) => job.status.state === state).map(batchOf);
    const most = mostFrequent(batches.filter((batch) => batch.length > 0));
    if (most) return most;
  }
  return [];
}

function mostFrequent(batches: Candidate[][]): Candidate[] | undefined {
  const counts = new Map<string, { batch: Candidate[]; count: number }>();
  for (const batch of batches) {
    const key = batch.map(({ pr }) => pr.number).join();
    const entry = counts.get(key) ?? { batch, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  return [...counts.values()].reduce<{ batch: Candidate[]; count: number } | undefined>(
    (best, entry) => (best && best.count >= entry.count ? best : entry),
    undefined,
  )?.batch;
}
