// Who may be in a merge pool: named predicates, each with the reason when it is not met.
// The decision, the status on the pull request and deck's pages all read this one list.
import type { Presubmit } from "../config/job.ts";
import type { MergeMethod, RepoRef } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { TideBlocker, TideReason } from "../model/tide-snapshot.ts";
import { type ContextPolicy, unsuccessful } from "./contexts.ts";
import type { Context, PullRequest } from "./pull-request.ts";

/** What to do about GitHub's own verdict that a merge is BLOCKED. */
export type MergeBlocksPolicy = "ignore" | "permit" | "block";

/** A pull request with all that was observed about it. */
export interface Candidate {
  pr: PullRequest;
  /** Of the head commit. */
  contexts: readonly Context[];
  policy: ContextPolicy;
  /** Presubmits that must have passed on the current base before it merges. */
  presubmits: readonly Presubmit[];
  /** Why the repository's own jobs can not be told, so that it may not merge. */
  unusable?: string;
  /** Changed files; undefined when no presubmit depends on them. */
  files?: readonly string[];
  /** undefined when labels ask for several. */
  method?: MergeMethod;
  /** Merge methods that the repository's settings allow. */
  allowedMethods: readonly MergeMethod[];
  blocksPolicy: MergeBlocksPolicy;
  /** Contexts for which tide itself has started a job on this head. */
  startedByTide: ReadonlySet<string>;
}

/** Pull requests into one branch, at one base. */
export interface Pool extends RepoRef {
  branch: string;
  baseSHA: string;
  /** All presubmits that the central configuration has for the repository. */
  presubmits: readonly Presubmit[];
  requireManual: boolean;
  /** What batches must pass, by batchKey, where the repository keeps jobs itself. */
  batchJobs?: ReadonlyMap<string, readonly Presubmit[]>;
  candidates: readonly Candidate[];
  /** Presubmit and batch ProwJobs on `baseSHA`. */
  prowJobs: readonly ProwJob[];
  blockers: readonly TideBlocker[];
}

export interface Predicate {
  /** Stable name, see TideReason.condition. */
  condition: string;
  /** What is wrong, as a sentence; undefined when all is well. */
  unmet(candidate: Candidate): string | undefined;
}

/** Can GitHub merge it at all? In the order in which the status names the first that is not met. */
export const MERGEABILITY: readonly Predicate[] = [
  {
    condition: "conflict",
    unmet: ({ pr }) => (pr.mergeable === "CONFLICTING" ? "PR has a merge conflict." : undefined),
  },
  {
    condition: "method-labels",
    unmet: ({ method }) => (method ? undefined : "PR has conflicting merge method override labels"),
  },
  {
    condition: "rebase",
    unmet: ({ pr, method }) => (method === "rebase" && !pr.canBeRebased ? "PR can't be rebased" : undefined),
  },
  {
    condition: "method-allowed",
    unmet: ({ method, allowedMethods }) =>
      method && !allowedMethods.includes(method)
        ? `Merge type "${method}" disallowed by repo settings`
        : undefined,
  },
  {
    condition: "github-blocks",
    unmet: ({ pr, blocksPolicy }) =>
      blocksPolicy === "block" && pr.mergeStateStatus === "BLOCKED"
        ? "PR is blocked from merging by GitHub (check branch protection, required reviews, or rulesets)"
        : undefined,
  },
];

/** A context that is still pending keeps a pull request out only if no presubmit of ours is behind it. */
const CONTEXTS: Predicate = {
  condition: "contexts",
  unmet({ contexts, policy, presubmits }) {
    const ours = new Set(presubmits.map(({ context }) => context));
    const bad = unsuccessful(contexts, policy).filter(
      ({ context, state }) => state !== "PENDING" || !ours.has(context),
    );
    return bad.length > 0 ? jobsSentence(bad.map(({ context }) => context)) : undefined;
  },
};

/** Nobody knows what would have to pass. Prow says so in its log alone. */
export const OWN_JOBS: Predicate = {
  condition: "in-repo-config",
  unmet: ({ unusable }) => unusable && `The repository's own jobs can not be used: ${unusable}`,
};

const POOL_PREDICATES: readonly Predicate[] = [...MERGEABILITY, OWN_JOBS, CONTEXTS];

/** Why GitHub would not merge it: the first reason. */
export const notMergeable = (candidate: Candidate): string | undefined =>
  MERGEABILITY.values()
    .map((predicate) => predicate.unmet(candidate))
    .find((reason) => reason !== undefined);

/** Every reason that keeps it out of the pool; empty when it is in. */
export const poolReasons = (candidate: Candidate): TideReason[] =>
  POOL_PREDICATES.flatMap((predicate) => {
    const text = predicate.unmet(candidate);
    return text ? [{ condition: predicate.condition, text }] : [];
  });

export const isEligible = (candidate: Candidate): boolean => poolReasons(candidate).length === 0;

/** A list is cut near this many characters, but names at least one. */
const LONGEST_LIST = 50;

export function cut(names: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const name of names) {
    if (kept.length > 0 && length + name.length > LONGEST_LIST) break;
    length += name.length + (kept.length > 0 ? ", ".length : 0);
    kept.push(name);
  }
  return kept;
}

export function jobsSentence(contexts: readonly string[]): string {
  const shown = cut([...new Set(contexts)].sort());
  return shown.length === 1
    ? `Job ${shown[0]} has not succeeded.`
    : `Jobs ${shown.join(", ")} have not succeeded.`;
}
