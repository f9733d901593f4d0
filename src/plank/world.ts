// What plank knows when it decides about one ProwJob.
import type { Effect } from "../model/effect.ts";
import type { Pod } from "../model/pod.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Silence } from "./silences.ts";

export interface World {
  job: ProwJob;
  /** Alias of the build cluster. */
  cluster: string;
  /** Whether there is a build cluster of that alias. */
  clusterKnown: boolean;
  pod?: Pod;
  /** Why the API server will not create the pod, now or ever. */
  refusal?: string;
  /** For the pod, if one is created now; it is asked for only then. */
  buildId?: string;
  /** The build cluster does not answer. */
  silence?: Silence;
  /** Whether its pods have been listed; before that nothing is known about `pod`. */
  podsKnown: boolean;
  /** Label on pods that says who made them. */
  version: string;
  /** Incomplete runs for the same refs of the same presubmit, this one included. */
  duplicates: ProwJob[];
  /** Triggered or pending jobs of the same name. */
  sameName: ProwJob[];
  /** Triggered or pending jobs in the same job queue. */
  sameQueue: ProwJob[];
  /** Number of all pending jobs. */
  pending: number;
}

/** Time, not the world, makes the difference: decide again later. `slot` when what lacks is a free slot. */
export interface LookAgain {
  do: "lookAgain";
  afterMs: number;
  slot?: true;
  /** What people have to mend before it can go on. */
  why?: string;
}

/** A pod may start, and there is no build ID for it: decide again when there is. */
export interface TakeBuildId {
  do: "takeBuildId";
}

export type Step = Effect | LookAgain | TakeBuildId;
