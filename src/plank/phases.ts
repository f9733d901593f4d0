// What a pod's phase says about its job, in Prow's words.
import type { Config } from "../config/config.ts";
import { milliseconds } from "../lib/duration.ts";
import type { ContainerStatus, Pod } from "../model/pod.ts";
import type { ProwJob, ProwJobState } from "../model/prowjob.ts";

export type PodTimeouts = Pick<
  Config["plank"],
  "pod_pending_timeout" | "pod_running_timeout" | "pod_unscheduled_timeout"
>;

/** Over, with the pod to be deleted or not; or nothing to do until `recheckMs` from now (undefined: until it changes). */
export type Verdict =
  | { over: true; state: ProwJobState; description: string; deletePod?: true }
  | { over: false; recheckMs?: number };

export function judge(job: ProwJob, pod: Pod, defaults: PodTimeouts, now: Date): Verdict {
  const verdict = byPhase(job, pod, defaults, now);
  // With the pod reporter's finalizer a deleted pod stays, in whatever phase, until its job is over.
  return !verdict.over && pod.metadata.deletionTimestamp
    ? { over: true, state: "error", description: "Pod got deleted unexpectedly" }
    : verdict;
}

function byPhase(job: ProwJob, pod: Pod, defaults: PodTimeouts, now: Date): Verdict {
  switch (pod.status?.phase) {
    case "Succeeded":
      return didSucceed(pod)
        ? { over: true, state: "success", description: "Job succeeded." }
        : {
            over: true,
            state: "error",
            description: "Pod was in succeeded phase but some containers didn't finish",
          };
    case "Failed":
      return { over: true, state: "failure", description: "Job failed." };
    case "Pending":
      return pending(job, pod, defaults, now);
    case "Running":
      return running(job, pod, defaults, now);
    default:
      return { over: false };
  }
}

function didSucceed({ status }: Pod): boolean {
  const finished = ({ state }: ContainerStatus) =>
    state?.terminated?.exitCode === 0 && Boolean(state.terminated.finishedAt);
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].every(finished);
}

/** Not yet scheduled, a pod has no start time: what counts then is its creation. */
function pending(job: ProwJob, pod: Pod, defaults: PodTimeouts, now: Date): Verdict {
  const startTime = pod.status?.startTime;
  const left = startTime
    ? remaining(job, defaults, "pod_pending_timeout", startTime, now)
    : remaining(job, defaults, "pod_unscheduled_timeout", pod.metadata.creationTimestamp, now);
  if (left > 0) return { over: false, recheckMs: left };
  const description = startTime ? "Pod pending timeout." : "Pod scheduling timeout.";
  return { over: true, state: "error", description, deletePod: true };
}

function running(job: ProwJob, pod: Pod, defaults: PodTimeouts, now: Date): Verdict {
  const startTime = pod.status?.startTime;
  if (!startTime || pod.metadata.deletionTimestamp) return { over: false };
  const left = remaining(job, defaults, "pod_running_timeout", startTime, now);
  if (left > 0) return { over: false, recheckMs: left };
  return { over: true, state: "aborted", description: "Pod running timeout.", deletePod: true };
}

function remaining(
  job: ProwJob,
  defaults: PodTimeouts,
  timeout: keyof PodTimeouts,
  since: string | undefined,
  now: Date,
): number {
  // A ProwJob written by hand may have no duration there.
  const limit = milliseconds(job.spec.decoration_config?.[timeout], milliseconds(defaults[timeout]));
  const began = Date.parse(since ?? "");
  return Number.isNaN(began) ? limit : limit - (now.getTime() - began);
}
