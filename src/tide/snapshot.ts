// What deck shows of tide: each pool's action, and for each open pull request every reason why it is not merging.
import type { TideQuery } from "../config/tide.ts";
import type {
  TideContext,
  TidePoolSnapshot,
  TidePull,
  TidePullState,
  TideReason,
} from "../model/tide-snapshot.ts";
import { isOptional, missingRequired, TIDE_CONTEXT } from "./contexts.ts";
import { inOrder, type PoolOptions } from "./decide.ts";
import { type Candidate, MERGEABILITY, OWN_JOBS, poolReasons } from "./pool.ts";
import type { Outcome } from "./pools-json.ts";
import type { Context } from "./pull-request.ts";
import { nearest } from "./requirements.ts";

export function poolSnapshot(outcome: Outcome, priority: PoolOptions["priority"]): TidePoolSnapshot {
  const { pool, found, action, targets, error, tenantIDs } = outcome;
  const { success, pending } = found.batches;
  const batch = success.length > 0 ? success : pending;
  const queue = [found.successes, found.pendings, found.missings].flatMap((list) => inOrder(list, priority));
  const stateOf = (candidate: Candidate): TidePullState => {
    if (found.successes.includes(candidate)) return "success";
    return found.pendings.includes(candidate) ? "pending" : "missing";
  };
  return {
    org: pool.org,
    repo: pool.repo,
    branch: pool.branch,
    baseSHA: pool.baseSHA,
    action,
    target: targets.map(({ pr }) => pr.number),
    ...(error && { error }),
    blockers: [...pool.blockers],
    ...(batch.length > 0 && {
      batch: { numbers: batch.map(({ pr }) => pr.number), state: batch === success ? "success" : "pending" },
    }),
    tenantIDs,
    pulls: queue.map((candidate, index) => ({
      ...pullSnapshot(candidate, poolReasons(candidate), stateOf(candidate)),
      inPool: true,
      queuePosition: index + 1,
      missingJobs: (found.missingTests.get(candidate.pr.number) ?? []).map(({ name }) => name),
    })),
  };
}

/** A pull request outside every pool: what GitHub says against it, and what the nearest query still asks for. */
export function outsideSnapshot(candidate: Candidate, queries: readonly TideQuery[]): TidePull {
  const refusals = [...MERGEABILITY, OWN_JOBS].flatMap(({ condition, unmet }): TideReason[] => {
    const text = unmet(candidate);
    return text ? [{ condition, text }] : [];
  });
  const none = { condition: "query", text: `No Tide query for branch ${candidate.pr.branch} found.` };
  const asked = queries.length > 0 ? (nearest(candidate, queries)?.reasons ?? []) : [none];
  return pullSnapshot(candidate, [...refusals, ...asked], "none");
}

function pullSnapshot(candidate: Candidate, reasons: TideReason[], state: TidePullState): TidePull {
  const { pr, policy } = candidate;
  const names = candidate.contexts.map(({ context }) => context);
  return {
    number: pr.number,
    title: pr.title,
    author: pr.author,
    headSHA: pr.headSHA,
    mergeable: pr.mergeable,
    state,
    inPool: false,
    reasons,
    missingJobs: [],
    contexts: [
      ...candidate.contexts
        .filter(({ context }) => context !== TIDE_CONTEXT)
        .map((context) => ({
          name: context.context,
          state: contextState(context),
          required: !isOptional(policy, context.context),
        })),
      ...missingRequired(policy, names).map((name) => ({ name, state: "missing" as const, required: true })),
    ],
  };
}

function contextState({ state }: Context): TideContext["state"] {
  if (state === "SUCCESS") return "success";
  return state === "PENDING" || state === "EXPECTED" ? "pending" : "failure";
}
