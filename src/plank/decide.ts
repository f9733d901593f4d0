// What one ProwJob needs next, given its pod and its neighbours.
import type { Config } from "../config/config.ts";
import { timestamp } from "../lib/timestamp.ts";
import type { Effect } from "../model/effect.ts";
import { BUILD_ID_LABEL, GITHUB_REPORTER } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import { mayStart, queueFault } from "./concurrency.ts";
import { outdated } from "./duplicates.ts";
import { judge } from "./phases.ts";
import { doesNotAnswer, patience } from "./silent-cluster.ts";
import { buildIdOf, createPod, deletePod, dismissPod, finish, patchStatus, patchWithURL } from "./steps.ts";
import { type StopCause, unexpectedStop } from "./unexpected-stop.ts";
import type { Step, World } from "./world.ts";

/** A free slot wakes those who wait; this is only for what no event tells. */
const SLOT_RECHECK_MS = 10_000;

/** What is left of a job that is over can wait until its cluster answers. */
const LEFTOVER_MS = 30_000;
/** The first list of a cluster's pods is on its way. */
const POD_WAIT_MS = 1_000;

const OURS = "kubernetes";
/** Other controllers look after jobs of these. */
const FOREIGN_AGENTS = ["jenkins", "tekton-pipeline"];

/** Whether plank has anything to do with a job. One that nobody looks after, as its agent is unknown, is told so. */
export function concerns(job: ProwJob): boolean {
  const { spec, status } = job;
  if (status.state === "scheduling") return false;
  return spec.agent === OURS || (!FOREIGN_AGENTS.includes(spec.agent ?? "") && !isComplete(job));
}

export function decide(world: World, config: Config, now: Date): Step[] {
  const { job } = world;
  if (!concerns(job)) return [];
  if (isComplete(job)) return leftover(world, config);
  const { agent = "" } = job.spec;
  if (agent !== OURS) {
    const known = [OURS, ...FOREIGN_AGENTS].join(", ");
    return [terminal(world, `spec.agent "${agent}" is none of ${known}`, now)];
  }
  const older = outdated(world.duplicates);
  const aborts = older.map(abort);
  // Its own abort is the first of two steps: the next look finds it aborted and ends it.
  if (older.some(({ metadata }) => metadata.name === job.metadata.name)) return aborts;
  return [...aborts, ...ownSteps(world, config, now)];
}

function ownSteps(world: World, config: Config, now: Date): Step[] {
  if (!world.podsKnown) return outOfReach(world, config, now) ?? [{ do: "lookAgain", afterMs: POD_WAIT_MS }];
  switch (world.job.status.state) {
    case "triggered":
      return triggered(world, config, now);
    case "pending":
      return pending(world, config, now);
    case "aborted":
      return aborted(world, config, now);
    default:
      return [];
  }
}

/** Marked as reported to GitHub, so that the abort never overwrites the status of the newer run. */
function abort(job: ProwJob): Effect {
  const prev_report_states = { ...job.status.prev_report_states, [GITHUB_REPORTER]: "aborted" as const };
  return patchStatus(job, { state: "aborted", prev_report_states });
}

function triggered(world: World, config: Config, now: Date): Step[] {
  const { job, pod } = world;
  if (!world.clusterKnown)
    return [terminal(world, `no build client found for cluster "${world.cluster}"`, now)];
  if (pod) {
    return [
      patchWithURL(config, job, {
        state: "pending",
        pendingTime: timestamp(now),
        description: "Job triggered.",
        build_id: buildIdOf(pod, BUILD_ID_LABEL),
        pod_name: pod.metadata.name,
      }),
    ];
  }
  if (world.refusal) return [refused(world, config, world.refusal, now)];
  if (!mayStart(world, config.plank)) {
    const why = queueFault(job, config.plank);
    return [{ do: "lookAgain", afterMs: SLOT_RECHECK_MS, slot: true, ...(why && { why }) }];
  }
  // The patch follows when the pod is seen: its build ID is the pod's, whoever created it.
  return outOfReach(world, config, now) ?? [startPod(world, config, now)];
}

function pending(world: World, config: Config, now: Date): Step[] {
  const { job, pod } = world;
  if (!world.clusterKnown)
    return [terminal(world, `no build client found for cluster "${world.cluster}"`, now)];
  if (!pod) return replacePod(world, config, now);
  const buildId = buildIdOf(pod, BUILD_ID_LABEL);
  if (isDismissed(job, buildId)) return dismissPod(config, world);
  if (buildId && buildId !== job.status.build_id) {
    return [patchWithURL(config, job, { build_id: buildId, pod_name: pod.metadata.name })];
  }
  const cause = unexpectedStop(pod);
  return cause ? afterStop(world, cause, config, now) : byPhase(world, pod, config, now);
}

/** The pod was deleted by hand or by a rescheduler. The job is patched first: that fences a plank with an old view. */
function replacePod(world: World, config: Config, now: Date): Step[] {
  const { job, buildId } = world;
  if (world.refusal) return [refused(world, config, world.refusal, now)];
  const waits = outOfReach(world, config, now);
  if (waits) return waits;
  const start = startPod(world, config, now);
  if (start.do !== "createPod") return [start];
  return [patchWithURL(config, job, { build_id: buildId, pod_name: job.metadata.name }), start];
}

function startPod(world: World, config: Config, now: Date): Step {
  if (world.buildId === undefined) return { do: "takeBuildId" };
  try {
    return createPod(config, world, world.buildId);
  } catch (error) {
    return refused(world, config, (error as Error).message, now);
  }
}

function afterStop(world: World, cause: StopCause, config: Config, now: Date): Step[] {
  const { job } = world;
  const error = (description: string) => [finish(config, job, { state: "error", description }, now)];
  if (cause === "oomkilled") return error("Job pod was OOM killed by the cluster.");
  if (cause === "evicted" && job.spec.error_on_eviction) return error("Job pod was evicted by the cluster.");
  const revivals = job.status.pod_revival_count ?? 0;
  if (revivals >= config.plank.max_revivals) {
    return error(`Job pod reached max revivals (${revivals}) after being stopped unexpectedly (${cause})`);
  }
  // Without pod_name the pod counts as dismissed: it is not counted again while it lingers.
  const counted = patchStatus(job, { pod_revival_count: revivals + 1, pod_name: null });
  return [counted, ...dismissPod(config, world)];
}

const isDismissed = ({ status }: ProwJob, buildId: string): boolean =>
  Boolean(status.pod_revival_count) && !status.pod_name && buildId === (status.build_id ?? "");

function byPhase(world: World, pod: Pod, config: Config, now: Date): Step[] {
  const verdict = judge(world.job, pod, config.plank, now);
  if (verdict.over) {
    const end = finish(config, world.job, verdict, now);
    // A cluster that does not answer is told later, as of all that is left of jobs that are over.
    const tell = verdict.deletePod && !world.silence?.askInMs;
    return tell ? [end, deletePod(config, world)] : [end];
  }
  return verdict.recheckMs === undefined ? [] : [{ do: "lookAgain", afterMs: verdict.recheckMs }];
}

/** The second step of an abort: the pod's end, then the job's. */
function aborted(world: World, config: Config, now: Date): Step[] {
  if (!world.clusterKnown)
    return [terminal(world, `no build client available for cluster ${world.cluster}`, now)];
  const waits = outOfReach(world, config, now);
  if (waits) return waits;
  return [deletePod(config, world), patchStatus(world.job, { completionTime: timestamp(now) })];
}

/** What is left to do while the build cluster does not answer; undefined when it may be asked. */
function outOfReach(world: World, config: Config, now: Date): Step[] | undefined {
  const waits = patience(world, config.plank, now);
  if (!waits) return undefined;
  if (!waits.over) return [{ do: "lookAgain", afterMs: waits.afterMs }];
  // An aborted job ends as it would: what is left of its pod goes when the cluster is back.
  return world.job.status.state === "aborted"
    ? [patchStatus(world.job, { completionTime: timestamp(now) })]
    : [finish(config, world.job, { state: "error", description: doesNotAnswer(world.cluster, waits) }, now)];
}

/** Whether a job that is over has a pod yet: its deletion failed, or it was created from an old view of the job. */
export function outlives(job: ProwJob, pod: Pod | undefined): boolean {
  if (!pod || pod.metadata.deletionTimestamp) return false;
  const phase = pod.status?.phase;
  return phase === "Pending" || (phase === "Running" && job.status.state === "aborted");
}

function leftover(world: World, config: Config): Step[] {
  if (!outlives(world.job, world.pod)) return [];
  if (world.silence?.askInMs) return [{ do: "lookAgain", afterMs: LEFTOVER_MS }];
  return [deletePod(config, world)];
}

const refused = (world: World, config: Config, why: string, now: Date): Effect =>
  finish(config, world.job, { state: "error", description: `Pod can not be created: ${why}` }, now);

const terminal = ({ job }: World, why: string, now: Date): Effect =>
  patchStatus(job, {
    state: "error",
    description: `Terminal error: ${why}.`,
    completionTime: timestamp(now),
  });
