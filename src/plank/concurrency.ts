// Whether a triggered job may start now: the limit of all jobs, of its name, of its queue.
import type { Config } from "../config/config.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { World } from "./world.ts";

export type Limits = Pick<Config["plank"], "max_concurrency" | "job_queue_capacities">;

export function mayStart(world: World, limits: Limits): boolean {
  const { job, pending } = world;
  if (limits.max_concurrency && pending >= limits.max_concurrency) return false;
  const ofName = job.spec.max_concurrency ?? 0;
  if (ofName > 0 && ahead(job, world.sameName) >= ofName) return false;
  return queueHasRoom(world, limits);
}

/** What is wrong with the queue that a job names. */
export function queueFault({ spec }: ProwJob, { job_queue_capacities = {} }: Limits): string | undefined {
  const queue = spec.job_queue_name;
  if (!queue || Object.hasOwn(job_queue_capacities, queue)) return undefined;
  return `spec.job_queue_name "${queue}" is not in plank.job_queue_capacities: add it there, or abort the job`;
}

/** A capacity below 0 is unlimited; 0 and a queue that is not configured let nothing through. */
function queueHasRoom({ job, sameQueue }: World, { job_queue_capacities }: Limits): boolean {
  const queue = job.spec.job_queue_name;
  if (!queue) return true;
  if (!job_queue_capacities || !Object.hasOwn(job_queue_capacities, queue)) return false;
  const capacity = job_queue_capacities[queue]!;
  return capacity < 0 || ahead(job, sameQueue) < capacity;
}

/** Pending jobs, and triggered ones that were created earlier: jobs start in order of creation. */
function ahead(job: ProwJob, others: ProwJob[]): number {
  const created = Date.parse(job.metadata.creationTimestamp ?? "");
  return others.filter(
    ({ metadata, status }) =>
      metadata.name !== job.metadata.name &&
      (status.state === "pending" ||
        (status.state === "triggered" && Date.parse(metadata.creationTimestamp ?? "") < created)),
  ).length;
}
