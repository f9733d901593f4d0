// What tide saw, decided and why, as plain data: written by tide, shown by deck.
import type { ProwJobState } from "./prowjob.ts";

const TIDE_ACTIONS = ["WAIT", "TRIGGER", "TRIGGER_BATCH", "MERGE", "MERGE_BATCH", "BLOCKED"] as const;
export type TideAction = (typeof TIDE_ACTIONS)[number];

/** One unmet condition of a pull request. */
export interface TideReason {
  /** Name of the predicate, e.g. `labels`, `conflict`, `contexts`; stable, for grouping and icons. */
  condition: string;
  /** A sentence for people, e.g. `Needs lgtm label.` */
  text: string;
}

export interface TideContext {
  name: string;
  state: "success" | "pending" | "failure" | "missing";
  required: boolean;
  url?: string;
}

/** `success`: every test passed on the current base. `none`: not in the pool. */
export type TidePullState = "success" | "pending" | "missing" | "none";

export interface TidePull {
  number: number;
  title: string;
  author: string;
  headSHA: string;
  /** GitHub's MERGEABLE, CONFLICTING or UNKNOWN. */
  mergeable: string;
  state: TidePullState;
  inPool: boolean;
  /** Every unmet condition, of the query that is nearest; empty when it may merge. */
  reasons: TideReason[];
  /** 1 for the next to be merged or tested; only of those in the pool. */
  queuePosition?: number;
  /** Jobs that must (still) pass on this base before it can merge. */
  missingJobs: string[];
  contexts: TideContext[];
}

export interface TideBlocker {
  number: number;
  title: string;
  url: string;
}

export interface TideBatch {
  numbers: number[];
  state: Extract<ProwJobState, "pending" | "success">;
}

export interface TidePoolSnapshot {
  org: string;
  repo: string;
  branch: string;
  baseSHA: string;
  action: TideAction;
  /** Pull requests that the action is about. */
  target: number[];
  /** What went wrong in the action, for people. */
  error?: string;
  blockers: TideBlocker[];
  batch?: TideBatch;
  /** Tenants of the jobs seen in this pool; "" when a job has none. */
  tenantIDs: string[];
  pulls: TidePull[];
}

export interface TideSnapshot {
  /** RFC 3339; when the last sync ended. */
  time: string;
  pools: TidePoolSnapshot[];
}

/** One action that tide took, as `/history` serves it. */
export interface TideRecord {
  time: string;
  action: TideAction;
  baseSHA?: string;
  target?: { number: number; author: string; sha: string; title?: string; head_ref?: string }[];
  err?: string;
  tenantids: string[];
}

/** Newest first, by `org/repo:branch`. */
export type TideHistory = Record<string, TideRecord[]>;
