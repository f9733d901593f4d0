// Which ProwJobs and pods have had their time.
import type { Config } from "../config/config.ts";
import { latestPeriodics } from "../jobs/latest-periodics.ts";
import { milliseconds } from "../lib/duration.ts";
import { passed } from "../lib/timestamp.ts";
import type { Effect } from "../model/effect.ts";
import { POD_REPORTER, PROW_JOB_ID_LABEL } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import { freePod } from "../model/reporter-finalizer.ts";

export interface ClusterPod {
  cluster: string;
  pod: Pod;
}

export interface World {
  jobs: ProwJob[];
  /** Pods created by Prow, without those of excluded clusters. */
  pods: ClusterPod[];
  /** Names of ProwJobs that were asked for one by one and are not there. */
  gone: ReadonlySet<string>;
}

/** An effect with what it is counted as. */
export interface Removal {
  what: "prowjob" | "pod" | "finalizer";
  reason: "aged" | "aged-periodic" | "ttled" | "orphaned" | "reported";
  effect: Effect;
}

type Ages = Pick<Config["sinker"], "max_prowjob_age" | "max_pod_age" | "terminated_pod_ttl">;
type Used = Pick<Config, "periodics"> & { sinker: Ages };

/** A younger pod's ProwJob may only not have arrived yet. */
const ORPHAN_AGE_MS = 30_000;

export function decide(world: World, config: Used, now: Date): Removal[] {
  const jobs = new Map(world.jobs.map((job) => [job.metadata.name, job]));
  return [
    ...agedJobs(world.jobs, config, now),
    ...world.pods.flatMap((pod) => podRemovals(pod, jobs, world.gone, config.sinker, now)),
  ];
}

/** The name of the ProwJob that a pod belongs to. */
export const jobNameOf = ({ metadata }: Pod): string => metadata.labels?.[PROW_JOB_ID_LABEL] ?? metadata.name;

export const oldEnoughForOrphan = ({ metadata }: Pod, now: Date): boolean =>
  passed(metadata.creationTimestamp, now) > ORPHAN_AGE_MS;

/** By start time. Of each configured periodic the newest run stays: horologium counts from it. */
function agedJobs(jobs: ProwJob[], { periodics, sinker }: Used, now: Date): Removal[] {
  const configured = new Set(periodics.map(({ name }) => name));
  const latest = latestPeriodics(jobs);
  const oldest = milliseconds(sinker.max_prowjob_age);
  return jobs
    .filter((job) => isComplete(job) && passed(job.status.startTime, now) > oldest)
    .filter(
      ({ spec, metadata }) =>
        !(
          spec.type === "periodic" &&
          configured.has(spec.job) &&
          latest.get(spec.job)?.metadata.name === metadata.name
        ),
    )
    .map(({ spec, metadata: { name, namespace = "", uid } }) => ({
      what: "prowjob",
      reason: spec.type === "periodic" ? "aged-periodic" : "aged",
      effect: { do: "deleteProwJob", name, namespace, uid },
    }));
}

function podRemovals(
  { cluster, pod }: ClusterPod,
  jobs: ReadonlyMap<string, ProwJob>,
  gone: ReadonlySet<string>,
  ages: Ages,
  now: Date,
): Removal[] {
  const job = jobs.get(jobNameOf(pod));
  const orphaned = !job && gone.has(jobNameOf(pod)) && oldEnoughForOrphan(pod, now);
  const reason = orphaned ? "orphaned" : job && isComplete(job) ? overdue(pod, job, ages, now) : undefined;
  const { name, namespace = "", uid, deletionTimestamp } = pod.metadata;
  const removals: Removal[] = [];
  if (orphaned || (job && wasReported(job)))
    removals.push(...freed(cluster, pod, orphaned ? "orphaned" : "reported"));
  if (reason && !deletionTimestamp) {
    removals.push({ what: "pod", reason, effect: { do: "deletePod", cluster, name, namespace, uid } });
  }
  return removals;
}

/** Deleting the pod of a job that runs would only make plank create another. */
function overdue(pod: Pod, job: ProwJob, ages: Ages, now: Date): "aged" | "ttled" | undefined {
  const { startTime } = pod.status ?? {};
  if (startTime && passed(startTime, now) > milliseconds(ages.max_pod_age)) return "aged";
  return passed(job.status.completionTime, now) > milliseconds(ages.terminated_pod_ttl) ? "ttled" : undefined;
}

const wasReported = ({ status }: ProwJob): boolean =>
  Boolean(status.completionTime) && status.prev_report_states?.[POD_REPORTER] === status.state;

/** The finalizer has done its duty, or nobody is left who would take it off. */
const freed = (cluster: string, pod: Pod, reason: Removal["reason"]): Removal[] =>
  freePod(cluster, pod).map((effect) => ({ what: "finalizer", reason, effect }));
