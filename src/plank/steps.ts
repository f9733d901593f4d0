// The steps that decisions are made of: patches of a job's status, its pod created, dismissed, deleted.
import type { Config } from "../config/config.ts";
import { jobURL } from "../jobs/job-url.ts";
import { podFor } from "../jobs/pod.ts";
import { securedPod } from "../jobs/secured-pod.ts";
import { timestamp } from "../lib/timestamp.ts";
import type { Effect } from "../model/effect.ts";
import { BUILD_ID_LABEL, PLANK_VERSION_LABEL, PROW_JOB_ID_LABEL } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import type { ProwJob, ProwJobState, ProwJobStatus } from "../model/prowjob.ts";
import { freePod } from "../model/reporter-finalizer.ts";
import type { World } from "./world.ts";

/** null removes a field (JSON merge patch). */
type StatusPatch = { [Field in keyof ProwJobStatus]: ProwJobStatus[Field] | null };

/** Refused when the job is no longer what the decision was made on. */
export function patchStatus(job: ProwJob, status: StatusPatch): Effect {
  const { name, namespace = "", resourceVersion } = job.metadata;
  return { do: "patchProwJob", name, namespace, resourceVersion, patch: { status } };
}

/** As `patchStatus`, with the URL that the job has by then. */
export function patchWithURL(config: Config, job: ProwJob, status: ProwJobStatus): Effect {
  const url = jobURL(config, { ...job, status: { ...job.status, ...status } });
  const step = patchStatus(job, { ...status, url });
  if (step.do !== "patchProwJob" || !status.build_id) return step;
  // People and Prow's exporter find a job by these.
  const labels = { [PROW_JOB_ID_LABEL]: job.metadata.name, [BUILD_ID_LABEL]: status.build_id };
  return { ...step, patch: { ...step.patch, metadata: { labels } } };
}

export const finish = (
  config: Config,
  job: ProwJob,
  { state, description }: { state: ProwJobState; description: string },
  now: Date,
): Effect => patchWithURL(config, job, { state, description, completionTime: timestamp(now) });

/** Throws what is wrong with the job's pod spec. */
export function createPod(config: Config, { job, cluster, version }: World, buildId: string): Effect {
  const pod = securedPod(
    config,
    cluster,
    podFor({ ...job, status: { ...job.status, build_id: buildId } }, buildId),
  );
  const labels = { ...pod.metadata.labels, [PLANK_VERSION_LABEL]: version };
  const metadata = { ...pod.metadata, namespace: config.pod_namespace, labels };
  return { do: "createPod", cluster, pod: { ...pod, metadata } };
}

export function deletePod(config: Config, { job, cluster, pod }: World): Effect {
  const { name } = job.metadata;
  return {
    do: "deletePod",
    cluster,
    name,
    namespace: config.pod_namespace,
    ...(pod && { uid: pod.metadata.uid }),
  };
}

/** Deletes a pod of which nobody shall see a result: without the reporter's finalizer, which would hold it. */
export function dismissPod(config: Config, world: World): Effect[] {
  const { pod, cluster } = world;
  if (!pod) return [];
  return [...freePod(cluster, pod), ...(pod.metadata.deletionTimestamp ? [] : [deletePod(config, world)])];
}

/** From its label; from its environment in pods that lack it. */
export function buildIdOf({ metadata, spec }: Pod, label: string): string {
  const env = spec.containers[0]?.env?.find(({ name }) => name === "BUILD_ID");
  return metadata.labels?.[label] || env?.value || "";
}
