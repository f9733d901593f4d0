// Dashboards and alerts that were made for Prow: every metric of its planner, sinker and crier, to the label and the bucket.
import { type Metric, Registry } from "prom-client";
import { afterEach, expect, test } from "vitest";
import type { ConfigAgent } from "../../src/cmd/config/config-agent.ts";
import { jobConfigMapSizes } from "../../src/cmd/config/job-config-maps.ts";
import { startCrier } from "../../src/cmd/crier.ts";
import { startHorologium } from "../../src/cmd/horologium.ts";
import { startPlank } from "../../src/cmd/plank.ts";
import { metricsApp } from "../../src/cmd/process/instruments.ts";
import { startSinker } from "../../src/cmd/sinker.ts";
import type { Config } from "../../src/config/config.ts";
import { singleCluster } from "../../src/kube/kubeconfig.ts";
import { objectStore } from "../../src/kube/object-store.ts";
import type { Kube } from "../../src/kube/port.ts";
import { health } from "../../src/lib/health.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Pod } from "../../src/model/pod.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { forgetful } from "../../src/record/port.ts";
import { CONFIG, hostOf } from "./replicas.ts";

/** Name, type, labels, help as Prow's source has them; of histograms the buckets. */
const PROW: Record<string, [string, string, string[], string, number[]?][]> = {
  "prow-controller-manager": [
    [
      "prowjobs",
      "gauge",
      ["job_namespace", "job_name", "type", "state", "org", "repo", "base_ref", "cluster", "retest"],
      "Number of prowjobs in the system.",
    ],
    [
      "prowjob_state_transitions",
      "counter",
      ["job_namespace", "job_name", "type", "state", "org", "repo", "base_ref", "cluster", "retest"],
      "Number of prowjobs transitioning states.",
    ],
    [
      "kubernetes_failed_client_creations",
      "counter",
      ["cluster"],
      "The number of clusters for which we failed to create a client.",
    ],
  ],
  sinker: [
    ["sinker_pods_existing", "gauge", [], "Number of the existing pods in each sinker cleaning."],
    ["sinker_loop_duration_seconds", "gauge", [], "Time used in each sinker cleaning."],
    ["sinker_pods_removed", "gauge", ["reason"], "Number of pods removed in each sinker cleaning."],
    [
      "sinker_pod_removal_errors",
      "gauge",
      ["reason"],
      "Number of errors which occurred in each sinker pod cleaning.",
    ],
    ["sinker_prow_jobs_existing", "gauge", [], "Number of the existing prow jobs in each sinker cleaning."],
    ["sinker_prow_jobs_cleaned", "gauge", ["reason"], "Number of prow jobs cleaned in each sinker cleaning."],
    [
      "sinker_prow_jobs_cleaning_errors",
      "gauge",
      ["reason"],
      "Number of errors which occurred in each sinker prow job cleaning.",
    ],
    [
      "job_configmap_size",
      "gauge",
      ["name"],
      "Size of ConfigMap storing central job configuration files (gzipped) in bytes.",
    ],
    [
      "kubernetes_failed_client_creations",
      "counter",
      ["cluster"],
      "The number of clusters for which we failed to create a client.",
    ],
  ],
  crier: [
    [
      "crier_report_latency",
      "histogram",
      ["reporter"],
      "Histogram of time spent reporting, calculated by the time difference between job completion and end of reporting.",
      [1, 10, 20, 30, 60, 120, 180, 300, 600, 1200, 1800, 2700, 3600, 5400, 7200],
    ],
    [
      "crier_reporting_results",
      "counter",
      ["reporter", "result"],
      "Count of successful and failed reporting attempts by reporter.",
    ],
  ],
  // It has none of its own.
  horologium: [],
};

const stop = new AbortController();
afterEach(() => stop.abort());

function running(component: string): Registry {
  const metrics = new Registry();
  const config = { config: () => CONFIG as unknown as Config } as ConfigAgent;
  const { signal } = stop;
  const around = {
    host: hostOf("a", signal),
    log: silent,
    metrics,
    config,
    record: forgetful,
    health: health(() => 0),
    signal,
  };
  const clusters = singleCluster({ read: {}, write: {} } as unknown as Kube);
  const jobs = objectStore<ProwJob>(silent);
  const pods = new Map([["default", objectStore<Pod>(silent)]]);
  const ports = { jobs, pods, clusters, apply: async () => {} };
  if (component === "prow-controller-manager") startPlank(ports, around);
  if (component === "sinker") startSinker(ports, around);
  if (component === "crier") startCrier(ports, { githubWorkers: 1, storageWorkers: 1 }, around);
  if (component === "horologium") startHorologium(ports, around);
  if (component === "sinker") jobConfigMapSizes("/jobs", metrics, silent);
  return metrics;
}

test.each(Object.keys(PROW))("%s tells all that Prow's tells, in the same words", async (component) => {
  const registry = running(component);
  const page = await (await metricsApp(registry)(new Request("http://localhost/metrics"))).text();
  const told = page.split("\n").filter((line) => line.startsWith("# "));
  const metric = (name: string) =>
    registry.getSingleMetric(name) as unknown as Metric & { labelNames: string[]; upperBounds?: number[] };
  for (const [name, type, labels, help, buckets] of PROW[component]!) {
    expect(told).toContain(`# HELP ${name} ${help}`);
    expect(told).toContain(`# TYPE ${name} ${type}`);
    expect([...metric(name).labelNames].sort()).toEqual([...labels].sort());
    if (buckets) expect(metric(name).upperBounds).toEqual(buckets);
  }
  expect(told).toHaveLength(2 * PROW[component]!.length);
});
