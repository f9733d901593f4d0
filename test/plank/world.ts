// Plain data for plank's tests: jobs, pods, a configuration.
import type { Config } from "../../src/config/config.ts";
import type { Pod, PodStatus } from "../../src/model/pod.ts";
import type { ProwJob, ProwJobSpec, ProwJobStatus } from "../../src/model/prowjob.ts";
import type { World } from "../../src/plank/world.ts";

export const NOW = new Date("2026-01-02T03:04:05Z");
export const ago = (seconds: number): string =>
  new Date(NOW.getTime() - seconds * 1000).toISOString().replace(".000Z", "Z");

export function config(plank: Partial<Config["plank"]> = {}, more: Partial<Config> = {}): Config {
  return {
    prowjob_namespace: "prow",
    pod_namespace: "test-pods",
    disabled_clusters: [],
    plank: {
      pod_pending_timeout: "10m0s",
      pod_running_timeout: "48h0m0s",
      pod_unscheduled_timeout: "5m0s",
      max_revivals: 3,
      max_goroutines: 20,
      job_url_prefix_config: {},
      job_url_template: "https://ci.example.com/view/{{.Spec.Job}}/{{.Status.BuildID}}",
      ...plank,
    },
    ...more,
  } as Config;
}

export function prowJob(
  status: ProwJobStatus = {},
  spec: Partial<ProwJobSpec> = {},
  name = "11111111-1111-5111-8111-111111111111",
): ProwJob {
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: {
      name,
      namespace: "prow",
      resourceVersion: "7",
      uid: `uid-${name}`,
      creationTimestamp: ago(60),
    },
    spec: {
      type: "presubmit",
      agent: "kubernetes",
      cluster: "default",
      job: "unit",
      refs: {
        org: "acme",
        repo: "lib",
        base_ref: "main",
        base_sha: "b",
        pulls: [{ number: 1, author: "alice", sha: "h" }],
      },
      report: true,
      context: "unit",
      pod_spec: { containers: [{ name: "", image: "busybox", command: ["true"] }] },
      ...spec,
    },
    status: { state: "triggered", startTime: ago(60), ...status },
  };
}

export const pendingJob = (status: ProwJobStatus = {}, spec: Partial<ProwJobSpec> = {}): ProwJob =>
  prowJob(
    {
      state: "pending",
      pendingTime: ago(50),
      description: "Job triggered.",
      build_id: "100",
      pod_name: "11111111-1111-5111-8111-111111111111",
      ...status,
    },
    spec,
  );

export function podOfJob(
  status: PodStatus = { phase: "Pending" },
  metadata: Partial<Pod["metadata"]> = {},
): Pod {
  return {
    metadata: {
      name: "11111111-1111-5111-8111-111111111111",
      namespace: "test-pods",
      uid: "pod-uid",
      resourceVersion: "9",
      creationTimestamp: ago(50),
      labels: { "created-by-prow": "true", "prow.k8s.io/build-id": "100" },
      ...metadata,
    },
    spec: { containers: [{ name: "test", image: "busybox" }] },
    status,
  };
}

export function world(job: ProwJob, more: Partial<World> = {}): World {
  return {
    job,
    cluster: "default",
    clusterKnown: true,
    podsKnown: true,
    buildId: "200",
    version: "v1",
    duplicates: [],
    sameName: [],
    sameQueue: [],
    pending: 0,
    ...more,
  };
}
