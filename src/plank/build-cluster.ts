// Which build cluster the scheduler gives a job, as far as no other program is asked: passthrough and failover.
import type { Config } from "../config/config.ts";
import { clusterOf, type ProwJob } from "../model/prowjob.ts";

type Scheduling = Config["scheduler"];

/** Other agents make something else of the field, or nothing: they keep what they have. */
const PLACED_AGENTS = ["kubernetes", "tekton-pipeline"];

/** Failover wins over an external scheduler; without either the job keeps its cluster. */
export type Placement = { cluster: string } | { ask: NonNullable<NonNullable<Scheduling>["external"]> };

export function placementOf(job: ProwJob, scheduling: Scheduling): Placement {
  const own = { cluster: job.spec.cluster ?? "" };
  if (!PLACED_AGENTS.includes(job.spec.agent ?? "")) return own;
  if (scheduling?.failover) {
    const to = new Map(Object.entries(scheduling.failover.mappings ?? {}));
    return { cluster: to.get(clusterOf(job)) ?? own.cluster };
  }
  return scheduling?.external ? { ask: scheduling.external } : own;
}
