// Reports podinfo.json to object storage: a job's pod as it ended, its events and its node.
import type { Config } from "../config/config.ts";
import { isNotFound } from "../kube/error.ts";
import type { KubeRead } from "../kube/port.ts";
import { crc32c } from "../lib/crc32c.ts";
import type { Logger } from "../lib/logger.ts";
import type { Effect } from "../model/effect.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { POD_REPORTER } from "../model/labels.ts";
import { NODE } from "../model/node.ts";
import { POD, type Pod } from "../model/pod.ts";
import { POD_EVENT } from "../model/pod-event.ts";
import { clusterOf, isComplete, type ProwJob } from "../model/prowjob.ts";
import { holdPod } from "../model/reporter-finalizer.ts";
import { destination } from "./destination.ts";
import { reportPod } from "./pod-info.ts";
import type { Reporter } from "./reporter.ts";

export interface PodReporterDeps {
  /** The build cluster whose jobs it reports: one that is dead keeps no worker from the jobs of others. */
  cluster: string;
  read: Pick<KubeRead, "get" | "list">;
  config: () => Config;
  workers: number;
  /** 0 ≤ x ≤ 1: the part of all jobs that is reported. */
  fraction: number;
  log: Logger;
}

/** An aborted job ends once its pod has: it is looked at again after so long. */
const ABORTED_PAUSE_MS = 10_000;

export const podReporter = (deps: PodReporterDeps): Reporter => ({
  name: POD_REPORTER,
  workers: deps.workers,
  shouldReport: (job) =>
    clusterOf(job) === deps.cluster && hasPod(job) && isSampled(job.metadata.name, deps.fraction),
  // Without a place for the report no finalizer is put, so nothing waits for the job's end either.
  waitMs: (job) =>
    job.status.state === "aborted" && !isComplete(job) && destination(job, deps.config())
      ? ABORTED_PAUSE_MS
      : undefined,
  steps: (job) => [{ effects: () => podEffects(job, deps), isHopeless }],
});

/** Others have no pod to look up, or no place for its report. */
export const hasPod = ({ spec, status }: ProwJob): boolean =>
  spec.agent === "kubernetes" && Boolean(status.pendingTime && status.build_id);

/** The same jobs that Prow picks: its 32-bit floats are rounded alike. */
export const isSampled = (name: string, fraction: number): boolean =>
  fraction >= 1 || crc32c(name) <= Math.floor(2 ** 32 * Math.fround(fraction));

/** The pod went between the look at it and the patch: what was to be written is written by then. */
function isHopeless(error: unknown): boolean {
  const { message = "" } = error as { message?: string };
  return (
    isNotFound(error) || message.includes("no new finalizers can be added if the object is being deleted")
  );
}

async function podEffects(job: ProwJob, deps: PodReporterDeps): Promise<Effect[]> {
  const { cluster, read, config, log } = deps;
  const { name } = job.metadata;
  const directory = destination(job, config());
  if (!directory) {
    log.warn({ prowjob: name }, "Not uploading because we couldn't find a destination");
    return [];
  }
  const namespace = config().pod_namespace;
  const pod = await read.get(POD, namespace, name);
  if (!isComplete(job)) {
    if (!pod) throw new Error(`pod ${namespace}/${name} is not (yet) in cluster ${cluster}`);
    return holdPod(cluster, pod);
  }
  if (!pod) {
    log.info({ prowjob: name, cluster }, "Not reporting job because its pod is gone");
    return [];
  }
  const [events, node] = await Promise.all([eventsOf(pod, deps), nodeOf(pod, deps)]);
  return reportPod({ cluster, pod, events, ...(node && { node }) }, directory);
}

/** A report without them is better than none: crier may not be allowed to read them. */
async function eventsOf(pod: Pod, { read, log }: PodReporterDeps) {
  const { name, namespace = "", uid } = pod.metadata;
  const about = { kind: "Pod", namespace, name, ...(uid && { uid }) };
  const fieldSelector = Object.entries(about)
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(",");
  try {
    return (await read.list(POD_EVENT, { namespace, fieldSelector })).items;
  } catch (error) {
    log.info({ error, pod: name }, "Couldn't fetch events for pod");
    return [];
  }
}

async function nodeOf(pod: Pod, { read, log }: PodReporterDeps): Promise<KubeObject | undefined> {
  const name = pod.spec.nodeName;
  if (!name) return undefined;
  try {
    return await read.get(NODE, "", name);
  } catch (error) {
    log.info({ error, pod: pod.metadata.name, node: name }, "Couldn't fetch node of the pod");
    return undefined;
  }
}
