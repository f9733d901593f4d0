// Gathers what plank must know about one ProwJob, from local copies: no request is made.
import type { Config } from "../config/config.ts";
import type { ObjectStore } from "../kube/port.ts";
import type { Pod } from "../model/pod.ts";
import { clusterOf, type ProwJob } from "../model/prowjob.ts";
import type { BuildNumbers } from "./build-numbers.ts";
import type { JobIndex } from "./job-index.ts";
import type { Silences } from "./silences.ts";
import type { World } from "./world.ts";

export interface Sources {
  config: () => Config;
  /** By alias, the pods labelled created-by-prow=true in `pod_namespace`. */
  pods: ReadonlyMap<string, ObjectStore<Pod>>;
  index: JobIndex;
  refusals: ReadonlyMap<string, string>;
  version: string;
  numbers: Pick<BuildNumbers, "known">;
  silences: Pick<Silences, "of">;
}

export function observe(job: ProwJob, sources: Sources, now: Date): World {
  const { index, refusals, version, numbers, silences } = sources;
  const pods = podsOf(job, sources);
  const { name } = job.metadata;
  return {
    job,
    cluster: clusterOf(job),
    clusterKnown: pods !== undefined,
    podsKnown: pods?.synced() ?? true,
    silence: silences.of(clusterOf(job), now),
    pod: podOf(job, sources),
    refusal: refusals.get(name),
    buildId: numbers.known(name),
    version,
    duplicates: index.duplicatesOf(job),
    sameName: job.spec.max_concurrency ? index.sameName(job) : [],
    sameQueue: index.sameQueue(job),
    pending: index.pending,
  };
}

/** undefined when there is no such cluster, or the configuration has disabled it. */
export function podsOf(job: ProwJob, { config, pods }: Pick<Sources, "config" | "pods">) {
  const alias = clusterOf(job);
  return config().disabled_clusters.includes(alias) ? undefined : pods.get(alias);
}

export const podOf = (job: ProwJob, sources: Pick<Sources, "config" | "pods">): Pod | undefined =>
  podsOf(job, sources)?.get(sources.config().pod_namespace, job.metadata.name);
