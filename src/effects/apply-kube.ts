// Effects on Kubernetes objects: creation by name, patches with a precondition, deletion of what may be gone.
import { isAlreadyExists, isConflict } from "../kube/error.ts";
import type { Clusters, Kube } from "../kube/port.ts";
import { currentCause } from "../lib/cause.ts";
import { traceparent } from "../lib/trace.ts";
import type { KubeEffect } from "../model/effect.ts";
import type { Kind, KubeObject } from "../model/kube-object.ts";
import { CREATED_BY_PROW, TRACEPARENT_ANNOTATION } from "../model/labels.ts";
import { POD, type Pod } from "../model/pod.ts";
import { PROW_JOB, type ProwJob } from "../model/prowjob.ts";

export async function applyKube(effect: KubeEffect, clusters: Clusters): Promise<void> {
  switch (effect.do) {
    case "createProwJob":
      return create(clusters.home, PROW_JOB, traced(effect.job));
    case "patchProwJob":
      return patch(clusters.home, PROW_JOB, effect);
    case "deleteProwJob":
      return remove(clusters.home, PROW_JOB, effect);
    case "createPod":
      return createPod(cluster(clusters, effect.cluster), effect.pod);
    case "patchPod":
      return patch(cluster(clusters, effect.cluster), POD, effect);
    case "deletePod":
      return remove(cluster(clusters, effect.cluster), POD, effect);
    default:
      effect satisfies never;
  }
}

/** Whoever works on the job goes on with the trace. */
function traced(job: ProwJob): ProwJob {
  const { span } = currentCause();
  if (!span) return job;
  const annotations = { ...job.metadata.annotations, [TRACEPARENT_ANNOTATION]: traceparent(span) };
  return { ...job, metadata: { ...job.metadata, annotations } };
}

function cluster(clusters: Clusters, alias: string): Kube {
  const found = clusters.build(alias);
  if (!found) {
    throw new Error(
      `unknown cluster alias "${alias}": the kubeconfig has ${clusters.aliases().join(", ") || "none"}`,
    );
  }
  return found;
}

/** Names derive from causes, so an object of that name is the one that was meant. */
async function create<T extends KubeObject>(kube: Kube, kind: Kind<T>, object: T): Promise<void> {
  try {
    await kube.write.create(kind, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** In the pods' namespace others may have taken the name: what runs there then is not the job, and no watch of ours sees it. */
async function createPod(kube: Kube, pod: Pod): Promise<void> {
  try {
    await kube.write.create(POD, pod);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const { namespace = "", name } = pod.metadata;
    const there = await kube.read.get(POD, namespace, name);
    if (there && there.metadata.labels?.[CREATED_BY_PROW] !== "true") throw error;
  }
}

interface PatchTarget {
  name: string;
  namespace: string;
  resourceVersion?: string;
  patch: object;
}

async function patch<T extends KubeObject>(kube: Kube, kind: Kind<T>, target: PatchTarget): Promise<void> {
  await kube.write.patch(kind, target.namespace, target.name, withPrecondition(target), { type: "merge" });
}

/** The API server refuses a merge patch (409) whose metadata.resourceVersion is not the object's. */
function withPrecondition({ patch, resourceVersion }: PatchTarget): object {
  if (!resourceVersion) return patch;
  const { metadata, ...rest } = patch as { metadata?: object };
  return { ...rest, metadata: { ...metadata, resourceVersion } };
}

interface DeleteTarget {
  name: string;
  namespace: string;
  uid?: string;
}

async function remove(kube: Kube, kind: Kind, { name, namespace, uid }: DeleteTarget): Promise<void> {
  try {
    await kube.write.delete(kind, namespace, name, uid ? { preconditions: { uid } } : {});
  } catch (error) {
    // Another object has the name now: the one that was meant is gone.
    if (!(uid && isConflict(error))) throw error;
  }
}
