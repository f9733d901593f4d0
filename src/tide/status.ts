// The sentence that each pull request sees in its `tide` status.
import type { TideQuery } from "../config/tide.ts";
import type { StatusState } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { TideBlocker } from "../model/tide-snapshot.ts";
import { isCurrent } from "./accumulate.ts";
import { missingRequired } from "./contexts.ts";
import { type Candidate, notMergeable } from "./pool.ts";
import { distance, nearest, WRONG_BRANCH } from "./requirements.ts";

export interface TideStatus {
  state: Extract<StatusState, "success" | "pending" | "error">;
  description: string;
}

export interface StatusFacts {
  candidate: Candidate;
  inPool: boolean;
  /** Head of the base branch; "" when the branch has no pool. */
  baseSHA: string;
  /** Queries that cover the repository. */
  queries: readonly TideQuery[];
  /** Blockers of the branch. */
  blockers: readonly TideBlocker[];
  /** Successful presubmit and batch jobs of the repository that include the head, on any base. */
  passed: readonly ProwJob[];
  displayAllQueries: boolean;
}

/** GitHub refuses a longer description. */
const LONGEST = 140;

export function expectedStatus(facts: StatusFacts): TideStatus {
  const { state, description } = judge(facts);
  return {
    state,
    description: description.length > LONGEST ? `${description.slice(0, LONGEST - 3)}...` : description,
  };
}

function judge(facts: StatusFacts): TideStatus {
  const { candidate, inPool, blockers } = facts;
  const refusal = notMergeable(candidate);
  if (refusal) return { state: "error", description: `Not mergeable. ${refusal}` };
  if (!inPool) {
    if (blockers.length > 0) return { state: "error", description: blocked(blockers) };
    const unmet = unmetQueries(facts);
    if (unmet !== undefined) return { state: "pending", description: `Not mergeable.${unmet}` };
  }
  const missing = missingRequired(candidate.policy, passedContexts(facts));
  return missing.length > 0
    ? { state: "pending", description: retesting(missing) }
    : { state: "success", description: inPoolSentence(candidate) };
}

function blocked(blockers: readonly TideBlocker[]): string {
  const issues = blockers.length > 1 ? "issues" : "issue";
  return `Not mergeable. Merging is blocked by ${issues} ${blockers.map(({ number }) => number).join(", ")}.`;
}

/** undefined when a query is met after all: it changed since the pools were made, and the next sync takes it in. */
function unmetQueries({ candidate, queries, displayAllQueries }: StatusFacts): string | undefined {
  if (queries.some((query) => distance(candidate, query).weight === 0)) return undefined;
  if (!displayAllQueries) return sentence(nearest(candidate, queries)?.reasons[0]?.text);
  const texts = queries
    .map((query) => distance(candidate, query))
    .filter(({ weight }) => weight < WRONG_BRANCH)
    .map(({ reasons }) => sentence(reasons[0]?.text));
  if (texts.length === 0) return ` No Tide query for branch ${candidate.pr.branch} found.`;
  return texts.map((text, index) => (index < texts.length - 1 ? text.replace(/\.$/, "") : text)).join(" OR");
}

const sentence = (text: string | undefined): string => (text ? ` ${text}` : "");

/** A result counts for ever through its status, even when its ProwJob has been cleaned up. */
function passedContexts({ candidate, baseSHA, passed }: StatusFacts): string[] {
  return [
    ...passed.filter((job) => job.spec.refs?.base_sha === baseSHA).map((job) => job.spec.context ?? ""),
    ...candidate.contexts
      .filter((context) => context.state === "SUCCESS" && isCurrent(context, baseSHA))
      .map(({ context }) => context),
  ];
}

function retesting(contexts: readonly string[]): string {
  const all = `Not mergeable. Retesting: ${contexts.toSorted().join(" ")}`;
  if (all.length <= LONGEST) return all;
  return `Not mergeable. Retesting ${contexts.length} job${contexts.length > 1 ? "s" : ""}.`;
}

const inPoolSentence = ({ pr, blocksPolicy }: Candidate): string =>
  blocksPolicy === "permit" && pr.mergeStateStatus === "BLOCKED"
    ? "In merge pool (despite BLOCKED)."
    : "In merge pool.";
