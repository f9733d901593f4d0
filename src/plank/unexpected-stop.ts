// Whether the cluster, not the job, stopped a pod.
import type { Pod } from "../model/pod.ts";

/** In the words of Prow's descriptions. */
export type StopCause = "evicted" | "unreachable" | "oomkilled" | "unknown";

export function unexpectedStop({ metadata, status = {} }: Pod): StopCause | undefined {
  if (status.reason === "Evicted") return "evicted";
  if (status.reason === "NodeLost" && metadata.deletionTimestamp) return "unreachable";
  const containers = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const killed = containers.some(({ state }) => state?.terminated?.reason === "OOMKilled");
  // In a pod that has failed the job's own result stands; while it runs, the other containers would wait for ever.
  if (status.phase === "Running" && killed) return "oomkilled";
  return status.phase === "Unknown" ? "unknown" : undefined;
}
