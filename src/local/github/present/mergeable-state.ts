// Why a pull request may or may not be merged: GitHub's mergeable_state, and what branch protection still asks for.
import { atLeast, roleOf } from "../access.ts";
import { checksOf, contextsOf, isGreen } from "../contexts.ts";
import type { Pull } from "../records.ts";
import { issueKey, type PullRequest, repoOf, type World } from "../world.ts";

interface Protection {
  required_status_checks?: { strict?: boolean; contexts?: string[]; checks?: { context: string }[] } | null;
  required_pull_request_reviews?: { required_approving_review_count?: number } | null;
  enforce_admins?: boolean | null;
}

export const protectionOf = (world: World, pr: PullRequest): Protection | undefined =>
  repoOf(world, pr).protection[pr.pull.base] as Protection | undefined;

const requiredContexts = (protection: Protection | undefined): string[] => {
  const checks = protection?.required_status_checks;
  return [...new Set([...(checks?.contexts ?? []), ...(checks?.checks ?? []).map((check) => check.context)])];
};

export type ReviewDecision = "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | null;

/** Null when reviews are neither required nor given by people who count. */
export function reviewDecision(world: World, pr: PullRequest): ReviewDecision {
  const repo = repoOf(world, pr);
  const latest = new Map<string, string>();
  for (const review of world.store.reviews.in(issueKey(pr))) {
    if (review.state === "COMMENTED" || review.state === "PENDING") continue;
    if (atLeast(roleOf(world, repo, review.user), "push"))
      latest.set(review.user.toLowerCase(), review.state);
  }
  const states = [...latest.values()];
  const required = protectionOf(world, pr)?.required_pull_request_reviews;
  if (states.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  const approvals = states.filter((state) => state === "APPROVED").length;
  const wanted = required ? (required.required_approving_review_count ?? 1) : 0;
  if (approvals < wanted) return "REVIEW_REQUIRED";
  return approvals > 0 ? "APPROVED" : null;
}

/** What protection still asks for, in the words of GitHub's refusal to merge. */
export function protectionGaps(world: World, pr: PullRequest): string[] {
  const protection = protectionOf(world, pr);
  const repo = repoOf(world, pr);
  const green = new Set([
    ...contextsOf(world, repo, pr.pull.head_sha)
      .filter((status) => status.state === "success")
      .map((status) => status.context),
    ...checksOf(world, repo, pr.pull.head_sha)
      .filter(isGreen)
      .map((run) => run.name),
  ]);
  const gaps = requiredContexts(protection)
    .filter((context) => !green.has(context))
    .map((context) => `Required status check "${context}" is expected.`);
  if (!protection?.required_pull_request_reviews) return gaps;
  const decision = reviewDecision(world, pr);
  if (decision === "REVIEW_REQUIRED")
    gaps.push("At least 1 approving review is required by reviewers with write access.");
  if (decision === "CHANGES_REQUESTED") gaps.push("Changes have been requested.");
  return gaps;
}

/** @param trial the test merge of the current head into the current base */
export function mergeableState(world: World, pr: PullRequest, trial: NonNullable<Pull["trial"]>): string {
  if (pr.pull.draft) return "draft";
  if (trial.commit === null) return "dirty";
  if (protectionGaps(world, pr).length > 0) return "blocked";
  const repo = repoOf(world, pr);
  const red = contextsOf(world, repo, pr.pull.head_sha).some((status) => status.state !== "success");
  const failing = checksOf(world, repo, pr.pull.head_sha).some(
    (run) => run.status !== "completed" || !isGreen(run),
  );
  return red || failing ? "unstable" : "clean";
}
