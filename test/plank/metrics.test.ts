// Prow's metrics about ProwJobs: which job counts under which labels.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { objectStore } from "../../src/kube/object-store.ts";
import { silent } from "../../src/lib/logger.ts";
import type { ProwJob, ProwJobSpec, ProwJobStatus } from "../../src/model/prowjob.ts";
import { exposeProwJobMetrics } from "../../src/plank/metrics.ts";
import { prowJob } from "./world.ts";

function job(name: string, spec: Partial<ProwJobSpec>, state: ProwJobStatus["state"], labels = {}): ProwJob {
  const made = prowJob({ state }, spec, name);
  return { ...made, metadata: { ...made.metadata, labels } };
}

const on = (base_ref: string) => ({ org: "org1", repo: "repo1", base_ref });

test("jobs are counted by what they test and how they stand, jobs of other agents not at all", async () => {
  const registry = new Registry();
  const jobs = objectStore<ProwJob>(silent);
  const stop = exposeProwJobMetrics(jobs, registry);
  jobs.replaceAll([
    job("1", { job: "one", refs: on("master") }, "pending"),
    job("2", { job: "one", refs: on("master") }, "pending"),
    job("3", { job: "two", refs: on("release-4.1") }, "pending"),
    job("4", { job: "three", refs: undefined, extra_refs: [on("release-4.2")] }, "failure"),
    job("5", { job: "four", refs: undefined, extra_refs: [on("release-4.2"), on("x")] }, "failure", {
      "prow.k8s.io/retest": "true",
    }),
    job("6", { job: "five", type: "periodic", refs: undefined, cluster: "" }, "success"),
    job("7", { job: "six", agent: "tekton-pipeline" }, "pending"),
  ]);
  const text = await registry.metrics();
  const of = (name: string) => text.split("\n").filter((line) => line.startsWith(`${name}{`));
  const line = (job_name: string, more: object, count: number) => {
    const labels = {
      ...{ job_namespace: "prow", job_name, type: "presubmit", state: "pending", org: "org1", repo: "repo1" },
      ...{ base_ref: "master", cluster: "default", retest: "false" },
      ...more,
    };
    return `prowjobs{${Object.entries(labels).map(([name, value]) => `${name}="${value}"`)}} ${count}`;
  };
  const failed = { state: "failure", base_ref: "release-4.2" };
  expect(of("prowjobs")).toEqual([
    line("one", {}, 2),
    line("two", { base_ref: "release-4.1" }, 1),
    line("three", failed, 1),
    line("four", { ...failed, retest: "true" }, 1),
    line("five", { type: "periodic", state: "success", org: "", repo: "", base_ref: "", cluster: "" }, 1),
  ]);
  const over = job("1", { job: "one", refs: on("master") }, "success");
  jobs.put({ ...over, metadata: { ...over.metadata, resourceVersion: "8" } });
  const moved = (await registry.metrics())
    .split("\n")
    .filter((one) => /_transitions.*"one".*"success"/.test(one));
  expect(moved).toEqual([
    line("one", { state: "success" }, 1).replace("prowjobs", "prowjob_state_transitions"),
  ]);
  stop();
  expect(await registry.metrics()).not.toContain("prowjob");
});
