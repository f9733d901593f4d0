// Which pull requests and batches have passed, are being tested, or still need tests on the current base.
import type { Presubmit } from "../config/job.ts";
import { baseSHAOf, isSkipRetest } from "../jobs/description.ts";
import type { ProwJob, ProwJobState } from "../model/prowjob.ts";
import { refsString } from "../model/refs.ts";
import type { Candidate, Pool } from "./pool.ts";
import { batchPresubmits } from "./presubmits.ts";
import { type Context, headKey } from "./pull-request.ts";

export type Result = "success" | "pending" | "failure";

/** A job that is being scheduled, was aborted or broke counts as failed, as in Prow. */
export function resultOf(state: ProwJobState | undefined): Result {
  if (state === "triggered" || state === "pending") return "pending";
  return state === "success" ? "success" : "failure";
}

const RANK: Record<Result, number> = { failure: 0, pending: 1, success: 2 };

/** The better of two results of one context; which is newer does not matter. */
const better = (a: Result | undefined, b: Result): Result => (a && RANK[a] >= RANK[b] ? a : b);

/** Whether a successful status counts on this base. */
export function isCurrent({ description }: Context, baseSHA: string): boolean {
  const tested = baseSHAOf(description);
  return isSkipRetest(description) || (Boolean(tested) && tested === baseSHA);
}

export interface Standing {
  successes: Candidate[];
  pendings: Candidate[];
  missings: Candidate[];
  /** By pull request: presubmits that have not passed and are not running on this base. */
  missingTests: ReadonlyMap<number, Presubmit[]>;
}

export function accumulate(pool: Pool): Standing {
  const standing = { successes: [], pendings: [], missings: [] } as Omit<Standing, "missingTests">;
  const missingTests = new Map<number, Presubmit[]>();
  for (const candidate of pool.candidates) {
    const results = resultsOf(candidate, pool);
    const missing = candidate.presubmits.filter(
      ({ context = "" }) => (results.get(context) ?? "failure") === "failure",
    );
    const pending = candidate.presubmits.some(({ context = "" }) => results.get(context) === "pending");
    if (missing.length > 0) {
      missingTests.set(candidate.pr.number, missing);
      standing.missings.push(candidate);
    } else if (pending) standing.pendings.push(candidate);
    else standing.successes.push(candidate);
  }
  return { ...standing, missingTests };
}

function resultsOf({ pr, contexts }: Candidate, pool: Pool): Map<string, Result> {
  const results = new Map<string, Result>();
  for (const { context, state, description } of contexts) {
    if (state === "SUCCESS" && isCurrent({ context, state, description }, pool.baseSHA))
      results.set(context, "success");
  }
  for (const { spec, status } of pool.prowJobs) {
    const pull = spec.refs?.pulls?.[0];
    if (spec.type !== "presubmit" || pull?.number !== pr.number || pull.sha !== pr.headSHA) continue;
    const context = spec.context ?? "";
    results.set(context, better(results.get(context), resultOf(status.state)));
  }
  return results;
}

export interface Batches {
  /** Candidates of a batch that passed; empty when there is none. */
  success: Candidate[];
  pending: Candidate[];
}

/** At most one batch of each is considered; whose heads have moved or who left the pool spoils theirs. */
export function accumulateBatches(pool: Pool): Batches {
  const found: Batches = { success: [], pending: [] };
  for (const { jobs, candidates } of validBatches(pool)) {
    const results = new Map<string, Result>();
    for (const { spec, status } of jobs) {
      const context = spec.context ?? "";
      results.set(context, better(results.get(context), resultOf(status.state)));
    }
    const required = batchPresubmits(pool, candidates);
    if (!required) continue;
    const outcomes = required.map(({ context = "" }) => results.get(context) ?? "failure");
    if (outcomes.includes("failure")) continue;
    found[outcomes.includes("pending") ? "pending" : "success"] = candidates;
  }
  return found;
}

/** Batches that have tests, of candidates whose heads are still the same. */
export function validBatches(pool: Pool): { jobs: ProwJob[]; candidates: Candidate[] }[] {
  const byHead = new Map(pool.candidates.map((candidate) => [headKey(candidate.pr), candidate]));
  const byRefs = new Map<string, ProwJob[]>();
  for (const job of pool.prowJobs) {
    if (job.spec.type !== "batch" || !job.spec.refs) continue;
    const refs = refsString(job.spec.refs);
    byRefs.set(refs, [...(byRefs.get(refs) ?? []), job]);
  }
  return [...byRefs.values()].flatMap((jobs) => {
    const pulls = jobs[0]?.spec.refs?.pulls ?? [];
    const candidates = pulls.flatMap(
      ({ number, sha }) => byHead.get(headKey({ number, headSHA: sha })) ?? [],
    );
    return candidates.length === pulls.length && pulls.length > 0 ? [{ jobs, candidates }] : [];
  });
}
