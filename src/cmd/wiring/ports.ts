// The world that components are handed: clients, and the local copies of what several of them watch.
import { type Apply, type ApplyPorts, applier } from "../../effects/apply.ts";
import { dryRun } from "../../effects/dry-run.ts";
import type { GitHub } from "../../github/port.ts";
import type { Clusters, ObjectStore } from "../../kube/port.ts";
import { reflect } from "../../kube/reflector.ts";
import { CREATED_BY_PROW } from "../../model/labels.ts";
import { POD, type Pod } from "../../model/pod.ts";
import { PROW_JOB, type ProwJob } from "../../model/prowjob.ts";
import type { BlobStore } from "../../storage/port.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Fence } from "./led.ts";
import { watchedReads } from "./progress.ts";

export interface Ports {
  github: GitHub;
  clusters: Clusters;
  storage: BlobStore;
  /** ProwJobs of `prowjob_namespace`. */
  jobs: ObjectStore<ProwJob>;
  /** Pods of ours in `pod_namespace`, by build cluster alias. */
  pods: ReadonlyMap<string, ObjectStore<Pod>>;
  apply: Apply;
}

type Around = Pick<Surroundings, "host" | "log" | "config" | "health" | "signal">;

/** `labelSelector`: "" for all. `project`: what is kept of each. */
export function watchJobs(
  clusters: Clusters,
  { host, log, config, health, signal }: Around,
  {
    labelSelector = "",
    project = (job) => job,
  }: { labelSelector?: string; project?: (job: ProwJob) => ProwJob } = {},
): ObjectStore<ProwJob> {
  const namespace = config.config().prowjob_namespace;
  const { clock, random } = host;
  const kept = (job: ProwJob) => project(whole(job));
  const options = { namespace, project: kept, ...(labelSelector && { labelSelector }) };
  return reflect(watchedReads(clusters.home.read, health, "watch of ProwJobs", signal), PROW_JOB, options, {
    clock,
    random,
    log,
    signal,
  });
}

/** Prow's CRD lets one be written by hand without any of this; what reads jobs need not expect that. */
const whole = (job: ProwJob): ProwJob =>
  job.spec && job.status
    ? job
    : { ...job, spec: job.spec ?? { type: "", job: "" }, status: job.status ?? {} };

export function watchPods(
  clusters: Clusters,
  { host, log, config, health, signal }: Around,
  project?: (pod: Pod) => Pod,
): Map<string, ObjectStore<Pod>> {
  const { pod_namespace: namespace, disabled_clusters: disabled } = config.config();
  const { clock, random } = host;
  const options = { namespace, labelSelector: `${CREATED_BY_PROW}=true`, project };
  const stores = new Map<string, ObjectStore<Pod>>();
  for (const alias of clusters.aliases()) {
    const cluster = clusters.build(alias);
    if (!cluster || disabled.includes(alias)) continue;
    const read = watchedReads(cluster.read, health, `watch of pods in cluster ${alias}`, signal);
    stores.set(
      alias,
      reflect(read, POD, options, { clock, random, log: log.child({ cluster: alias }), signal }),
    );
  }
  return stores;
}

/** Prints instead of doing when `dry` is set. */
export function applyWith(
  dry: boolean,
  ports: Partial<Pick<Ports, "github" | "clusters" | "storage">> & Pick<ApplyPorts, "git" | "messages">,
  { host, log, record }: Pick<Surroundings, "host" | "log" | "record">,
  { fence, ...options }: Pick<ApplyPorts, "mergePauseMs" | "onConfigMap"> & { fence?: Fence } = {},
): Apply {
  const { clock } = host;
  if (dry) return dryRun(log, { record, clock });
  const apply = applier({ ...ports, ...options, clock, log, record });
  if (!fence) return apply;
  return async (effects) => {
    for (const effect of effects) {
      fence.mayWrite();
      await apply([effect]);
    }
  };
}
