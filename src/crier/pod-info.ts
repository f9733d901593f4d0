// podinfo.json, after which the pod may go.
import type { Effect } from "../model/effect.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Pod } from "../model/pod.ts";
import type { PodEvent } from "../model/pod-event.ts";
import { freePod } from "../model/reporter-finalizer.ts";
import { goJSON } from "./started.ts";

/** What a build cluster knows of a job's pod. */
export interface PodFacts {
  cluster: string;
  pod: Pod;
  events: readonly PodEvent[];
  node?: KubeObject;
}

/** Once it has ended: first the report, then the pod may go. */
export function reportPod(facts: PodFacts, directory: string): Effect[] {
  return [
    {
      do: "writeObject",
      url: `${directory}/podinfo.json`,
      content: podInfoJSON(facts),
      contentType: "application/json",
    },
    ...freePod(facts.cluster, facts.pod),
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
