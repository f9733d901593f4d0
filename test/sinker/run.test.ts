// Sinker's rounds: what it asks of which cluster, that one failure stops nothing, its metrics.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { KubeError } from "../../src/kube/error.ts";
import { objectStore } from "../../src/kube/object-store.ts";
import type { Clusters, Kube } from "../../src/kube/port.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Pod } from "../../src/model/pod.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { runSinker } from "../../src/sinker/run.ts";
import { manualClock } from "../lib/manual-clock.ts";

const config = {
  prowjob_namespace: "prow",
  pod_namespace: "test-pods",
  periodics: [],
  disabled_clusters: [],
  sinker: {
    resync_period: "1h0m0s",
    max_prowjob_age: "168h0m0s",
    max_pod_age: "24h0m0s",
    terminated_pod_ttl: "24h0m0s",
    exclude_clusters: ["excluded"],
  },
} as unknown as Config;

const orphan = (name: string): Pod => ({
  metadata: { name, namespace: "test-pods", uid: name, creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { containers: [] },
});

function harness(runOnce = false) {
  const clock = manualClock("2026-01-20T00:00:00Z");
  const jobs = objectStore<ProwJob>(silent);
  const asked: string[] = [];
  const kube = (alias: string, pods: Pod[]): Kube =>
    ({
      read: {
        async list(_kind: unknown, options: object) {
          asked.push(`list ${alias} ${JSON.stringify(options)}`);
          if (alias === "broken") throw new KubeError(0, "ECONNREFUSED", "connection refused");
          return { items: pods, resourceVersion: "1" };
        },
        async get(_kind: unknown, _namespace: string, name: string) {
          asked.push(`get ${name}`);
          return name === "known" ? ({} as ProwJob) : undefined;
        },
      },
    }) as unknown as Kube;
  const home = kube("default", [orphan("lost"), orphan("known"), orphan("stuck")]);
  const build = new Map([
    ["broken", kube("broken", [])],
    ["default", home],
    ["same", home],
    ["excluded", kube("excluded", [orphan("far")])],
  ]);
  const clusters: Clusters = { home, build: (alias) => build.get(alias), aliases: () => [...build.keys()] };
  const applied: Effect[] = [];
  const metrics = new Registry();
  const stop = new AbortController();
  const apply = async (effects: Effect[]) => {
    if (effects.some((effect) => "name" in effect && effect.name === "stuck")) {
      throw new KubeError(403, "Forbidden", "no");
    }
    applied.push(...effects);
  };
  const deps = { config: () => config, jobs, clusters, log: silent, apply, clock, metrics, runOnce };
  return { clock, jobs, asked, applied, metrics, stop, done: runSinker(deps, stop.signal) };
}

test("waits for the first list, then cleans in every period, past clusters and objects that fail", async () => {
  const { clock, jobs, asked, applied, metrics, stop, done } = harness();
  await clock.advance(1_000);
  expect(asked).toEqual([]);
  jobs.replaceAll([]);
  await clock.advance(1_000);
  const listed = asked.filter((line) => line.startsWith("list")).map((line) => line.split(" ")[1]);
  expect(listed).toEqual(["broken", "default", "default"]);
  expect(asked[0]).toContain('{"namespace":"test-pods","labelSelector":"created-by-prow=true"}');
  expect(applied).toEqual([
    { do: "deletePod", cluster: "default", name: "lost", namespace: "test-pods", uid: "lost" },
  ]);
  const text = await metrics.metrics();
  expect(text).toContain("sinker_pods_existing 3");
  expect(text).toContain('sinker_pods_removed{reason="orphaned"} 1');
  expect(text).toContain('sinker_pod_removal_errors{reason="Forbidden"} 1');
  expect(text).toContain("sinker_prow_jobs_existing 0");
  await clock.advance(3600_000);
  expect(applied).toHaveLength(2);
  expect(await metrics.metrics()).toContain('kubernetes_failed_client_creations{cluster="broken"} 1');
  stop.abort();
  await done;
});

test("--run-once ends after one round", async () => {
  const { clock, jobs, applied, done } = harness(true);
  jobs.replaceAll([]);
  await clock.advance(1_000);
  await done;
  expect(applied).toHaveLength(1);
});
