// Gathers old ProwJobs and pods. A cluster that does not answer is left out of this round.
import type { Config } from "../config/config.ts";
import type { Clusters, ObjectStore } from "../kube/port.ts";
import type { Logger } from "../lib/logger.ts";
import { CREATED_BY_PROW } from "../model/labels.ts";
import { POD } from "../model/pod.ts";
import { PROW_JOB, type ProwJob } from "../model/prowjob.ts";
import { type ClusterPod, jobNameOf, oldEnoughForOrphan, type World } from "./decide.ts";

export interface Sources {
  config: () => Config;
  /** ProwJobs of `prowjob_namespace`, synced. */
  jobs: ObjectStore<ProwJob>;
  clusters: Clusters;
  /** Its pods could not be listed. */
  onFailure?(cluster: string): void;
  log: Logger;
}

export async function observe(
  { config, jobs, clusters, onFailure, log }: Sources,
  now: Date,
): Promise<World> {
  const { sinker, pod_namespace, prowjob_namespace, disabled_clusters } = config();
  const excluded = new Set([...(sinker.exclude_clusters ?? []), ...disabled_clusters]);
  const pods: ClusterPod[] = [];
  const seen = new Set<string>();
  for (const cluster of clusters.aliases()) {
    if (excluded.has(cluster)) continue;
    try {
      const options = { namespace: pod_namespace, labelSelector: `${CREATED_BY_PROW}=true` };
      const { items } = await clusters.build(cluster)!.read.list(POD, options);
      for (const pod of items) {
        // Two aliases may name one cluster.
        if (pod.metadata.uid && seen.has(pod.metadata.uid)) continue;
        seen.add(pod.metadata.uid ?? "");
        pods.push({ cluster, pod });
      }
    } catch (error) {
      log.error({ cluster, error: (error as Error).message }, "Error listing pods.");
      onFailure?.(cluster);
    }
  }
  // The local copy may lag: an orphan is one whose ProwJob the API server itself does not have.
  const gone = new Set<string>();
  for (const { pod } of pods) {
    const name = jobNameOf(pod);
    if (jobs.get(prowjob_namespace, name) || gone.has(name) || !oldEnoughForOrphan(pod, now)) continue;
    if (await isGone(name)) gone.add(name);
  }
  return { jobs: jobs.list(), pods, gone };

  async function isGone(name: string): Promise<boolean> {
    try {
      return (await clusters.home.read.get(PROW_JOB, prowjob_namespace, name)) === undefined;
    } catch (error) {
      log.error({ name, error: (error as Error).message }, "Failed to get prowjob");
      return false;
    }
  }
}
