// Which build clusters can be used, for people and checkconfig: `plank.build_cluster_status_file`, once a minute.
import type { Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import type { Apply } from "../effects/apply.ts";
import { isNotFound } from "../kube/error.ts";
import type { Clusters, Kube, ObjectStore } from "../kube/port.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { clusterFailures } from "../lib/cluster-failures.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import type { Kind, KubeObject } from "../model/kube-object.ts";
import type { Pod } from "../model/pod.ts";
import { bucketURL } from "../model/storage-layout.ts";

/** In Prow's words. No-Manager: its pods have never been listed, so no job can run there. */
type Status = "Reachable" | "No-Manager" | "Error" | "MissingPermissions";

export interface ClusterStatusDeps {
  config: () => Pick<Config, "plank" | "pod_namespace">;
  clusters: Pick<Clusters, "build">;
  pods: ReadonlyMap<string, ObjectStore<Pod>>;
  apply: Apply;
  clock: Clock;
  log: Logger;
  metrics: Registry;
}

const EVERY_MS = 60_000;
/** By then a cluster that can be reached has listed its pods. */
const SETTLED_MS = 30_000;
/** What plank must be allowed to do to pods of a build cluster. */
const VERBS = ["create", "delete", "list", "watch", "get", "patch"];

interface AccessReview extends KubeObject {
  spec: { resourceAttributes: { namespace: string; verb: string; resource: string } };
  status?: { allowed?: boolean };
}

const ACCESS_REVIEW: Kind<AccessReview> = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "selfsubjectaccessreviews",
  kind: "SelfSubjectAccessReview",
  namespaced: false,
};

export async function runClusterStatus(deps: ClusterStatusDeps, signal: AbortSignal): Promise<void> {
  const { config, clock, metrics } = deps;
  const failures = clusterFailures(metrics);
  await clock.sleep(SETTLED_MS, signal);
  for (const [cluster, status] of signal.aborted ? [] : await statuses(deps)) {
    if (status !== "Reachable") failures.inc({ cluster });
  }
  await clock.sleep(EVERY_MS - SETTLED_MS, signal);
  while (!signal.aborted) {
    const location = config().plank.build_cluster_status_file;
    if (location) await write(location, deps);
    await clock.sleep(EVERY_MS, signal);
  }
}

async function write(location: string, deps: ClusterStatusDeps): Promise<void> {
  const url = location.startsWith("/") ? `file://${location}` : bucketURL(location);
  const content = JSON.stringify(Object.fromEntries((await statuses(deps)).sort()));
  try {
    const contentType = "application/json";
    await because({ component: "plank" }, () =>
      deps.apply([{ do: "writeObject", url, content, contentType, cacheControl: "no-cache" }]),
    );
  } catch (error) {
    deps.log.error({ url, error: errorText(error) }, "Error writing cluster status info.");
  }
}

async function statuses({ clusters, pods, config, log }: ClusterStatusDeps): Promise<[string, Status][]> {
  const namespace = config().pod_namespace;
  const found = [...pods].map(async ([cluster, store]): Promise<[string, Status]> => {
    const kube = clusters.build(cluster);
    if (!kube) return [cluster, "No-Manager"];
    try {
      const missing = await missingVerbs(kube, namespace);
      if (missing.length === 0) return [cluster, store.synced() ? "Reachable" : "No-Manager"];
      log.warn(
        { cluster, namespace, missing },
        "plank may not do to pods there what it must: grant these verbs",
      );
      return [cluster, "MissingPermissions"];
    } catch (error) {
      log.warn(
        { cluster, error: errorText(error) },
        "Error checking pod verbs to check for build cluster usability.",
      );
      return [cluster, store.synced() ? "Error" : "No-Manager"];
    }
  });
  return await Promise.all(found);
}

async function missingVerbs(kube: Kube, namespace: string): Promise<string[]> {
  const allowed = await Promise.all(VERBS.map((verb) => isAllowed(kube, namespace, verb)));
  return VERBS.filter((_verb, index) => !allowed[index]);
}

async function isAllowed({ write }: Kube, namespace: string, verb: string): Promise<boolean> {
  const spec = { resourceAttributes: { namespace, verb, resource: "pods" } };
  const kind = { apiVersion: "authorization.k8s.io/v1", kind: ACCESS_REVIEW.kind };
  try {
    const review = await write.create(ACCESS_REVIEW, { ...kind, metadata: { name: "" }, spec });
    return review.status?.allowed ?? false;
  } catch (error) {
    // The local API server has no authorization to ask about.
    if (isNotFound(error)) return true;
    throw error;
  }
}
