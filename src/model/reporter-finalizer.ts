// The finalizer by which crier keeps a pod until it is reported: put on, and taken off again.
import type { Effect } from "./effect.ts";
import { POD_REPORTER_FINALIZER } from "./labels.ts";
import type { Pod } from "./pod.ts";

/** None for a pod that is going already. */
export function holdPod(cluster: string, pod: Pod): Effect[] {
  const { finalizers = [], deletionTimestamp } = pod.metadata;
  if (deletionTimestamp || finalizers.includes(POD_REPORTER_FINALIZER)) return [];
  return [patchFinalizers(cluster, pod, [...finalizers, POD_REPORTER_FINALIZER])];
}

/** None for a pod that is not held. */
export function freePod(cluster: string, pod: Pod): Effect[] {
  const { finalizers = [] } = pod.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== POD_REPORTER_FINALIZER);
  return others.length < finalizers.length ? [patchFinalizers(cluster, pod, others)] : [];
}

/** A merge patch replaces the list, so it holds for this version of the pod only: somebody else's finalizer stays. */
function patchFinalizers(cluster: string, { metadata }: Pod, finalizers: string[]): Effect {
  const { name, namespace = "", resourceVersion } = metadata;
  return { do: "patchPod", cluster, name, namespace, resourceVersion, patch: { metadata: { finalizers } } };
}
