// podinfo.json, and the finalizer that keeps a pod until it is written.
import type { Effect } from "../model/effect.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { POD_REPORTER_FINALIZER } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import type { PodEvent } from "../model/pod-event.ts";
import { goJSON } from "./started.ts";

/** What a build cluster knows of a job's pod. */
export interface PodFacts {
  cluster: string;
  pod: Pod;
  events: readonly PodEvent[];
  node?: KubeObject;
}

/** While the job runs: its pod shall not go before it is reported. None for a pod that is going already. */
export function keepPod(cluster: string, pod: Pod): Effect[] {
  const { finalizers = [], deletionTimestamp } = pod.metadata;
  if (deletionTimestamp || finalizers.includes(POD_REPORTER_FINALIZER)) return [];
  return [patchFinalizers(cluster, pod, [...finalizers, POD_REPORTER_FINALIZER])];
}

/** Once it has ended: first the report, then the pod may go. */
export function reportPod(facts: PodFacts, directory: string): Effect[] {
  const { cluster, pod } = facts;
  const { finalizers = [] } = pod.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== POD_REPORTER_FINALIZER);
  return [
    {
      do: "writeObject",
      url: `${directory}/podinfo.json`,
      content: podInfoJSON(facts),
      contentType: "application/json",
    },
    ...(others.length < finalizers.length ? [patchFinalizers(cluster, pod, others)] : []),
  ];
}

/** As Prow writes it: tabs, no `events` or `node` where there are none, and objects without kind and apiVersion. */
const podInfoJSON = ({ pod, events, node }: PodFacts): string =>
  goJSON({
    pod: untyped(pod),
    ...(events.length > 0 && { events: events.map(untyped) }),
    ...(node && { node: untyped(node) }),
  });

function untyped({ kind: _kind, apiVersion: _apiVersion, ...rest }: KubeObject): object {
  return rest;
}

/** A merge patch replaces the list, so it holds for this version of the pod only: somebody else's finalizer stays. */
function patchFinalizers(cluster: string, { metadata }: Pod, finalizers: string[]): Effect {
  const { name, namespace = "", resourceVersion } = metadata;
  return { do: "patchPod", cluster, name, namespace, resourceVersion, patch: { metadata: { finalizers } } };
}
