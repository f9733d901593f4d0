// What a cluster says happened to a pod: the fields of a core/v1 Event that deck reads.
import type { Kind, KubeObject } from "./kube-object.ts";

export interface PodEvent extends KubeObject {
  involvedObject: { kind: string; name: string; uid?: string };
  reason?: string;
  message?: string;
  type?: string;
  count?: number;
  /** RFC 3339; null where only `eventTime` is set. */
  lastTimestamp?: string | null;
  eventTime?: string | null;
}

export const POD_EVENT: Kind<PodEvent> = {
  group: "",
  version: "v1",
  plural: "events",
  kind: "Event",
  namespaced: true,
};
