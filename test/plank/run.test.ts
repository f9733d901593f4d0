// The controller at work on a cluster whose watches lag: limits hold, nothing is lost, nothing is done twice.
import { Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { KubeError } from "../../src/kube/error.ts";
import { silent } from "../../src/lib/logger.ts";
import type { ProwJobSpec } from "../../src/model/prowjob.ts";
import { runPlank } from "../../src/plank/run.ts";
import { manualClock } from "../lib/manual-clock.ts";
import { Cluster } from "./cluster.ts";
import { config, prowJob } from "./world.ts";

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

function start(plank: Partial<Config["plank"]> = {}) {
  const clock = manualClock("2026-01-02T03:04:05Z");
  const cluster = new Cluster(clock);
  const stop = new AbortController();
  stops.push(stop);
  const metrics = new Registry();
  let builds = 0;
  const done = runPlank(
    {
      config: () => config(plank),
      jobs: cluster.jobs,
      pods: new Map([["default", cluster.pods]]),
      apply: cluster.apply,
      buildId: async () => String(++builds),
      version: "v1",
      clock,
      random: () => 0,
      log: silent,
      metrics,
    },
    stop.signal,
  );
  const states = () => [...cluster.truth.jobs.values()].map(({ status }) => status.state);
  const job = (name: string) => cluster.truth.jobs.get(name)!;
  return { clock, cluster, metrics, states, job, stop, done };
}

/** A postsubmit: many runs of it stand side by side. */
const add = (cluster: Cluster, name: string, spec: Partial<ProwJobSpec> = {}) =>
  cluster.addJob(prowJob({}, { type: "postsubmit", ...spec }, name));

describe("plank", () => {
  test("takes a job from triggered to success", async () => {
    const { clock, cluster, job } = start();
    add(cluster, "a");
    await clock.advance(1_000);
    expect(job("a").status).toMatchObject({
      state: "pending",
      description: "Job triggered.",
      build_id: "1",
      pod_name: "a",
      url: "https://ci.example.com/view/unit/1",
    });
    cluster.podStatus("a", { phase: "Succeeded" });
    await clock.advance(1_000);
    expect(job("a").status).toMatchObject({ state: "success", description: "Job succeeded." });
    expect(job("a").status.completionTime).toBeDefined();
    expect(cluster.asked).toEqual(["createPod a", "patchProwJob a", "patchProwJob a"]);
  });

  test.each([
    ["max_concurrency of the job", { max_concurrency: 3 }, {}],
    ["global max_concurrency", {}, { max_concurrency: 3 }],
    ["the queue's capacity", { job_queue_name: "q" }, { job_queue_capacities: { q: 3 } }],
  ])("%s holds while the caches lag, and a free slot is filled at once", async (_name, spec, plank) => {
    const { clock, cluster, states } = start(plank);
    for (let index = 0; index < 30; index++) add(cluster, `job-${index}`, spec);
    for (let round = 0; round < 200 && states().some((state) => state !== "success"); round++) {
      await clock.advance(500);
      for (const name of cluster.livePods()) cluster.podStatus(name, { phase: "Succeeded" });
    }
    expect(cluster.mostPods).toBe(3);
    expect(new Set(states())).toEqual(new Set(["success"]));
    // Ten rounds of three; waiting 10 s for each would be many more.
    expect(clock.now().getTime() - Date.parse("2026-01-02T03:04:05Z")).toBeLessThan(30_000);
  });

  test("a job that waits for a slot takes no build ID, and one pod no second", async () => {
    const { clock, cluster, job } = start({ max_concurrency: 1 });
    cluster.failures.set("createPod", [new KubeError(500, "InternalError", "etcd")]);
    add(cluster, "a");
    await clock.advance(500);
    add(cluster, "b");
    await clock.advance(60_000);
    expect(job("a").status).toMatchObject({ state: "pending", build_id: "1" });
    expect(job("b").status.state).toBe("triggered");
    cluster.podStatus("a", { phase: "Succeeded" });
    await clock.advance(2_000);
    expect(job("b").status).toMatchObject({ state: "pending", build_id: "2" });
  });

  test("a pod that is replaced has a build ID of its own", async () => {
    const { clock, cluster, job } = start();
    add(cluster, "a");
    await clock.advance(1_000);
    cluster.deletePod("a");
    await clock.advance(2_000);
    expect(job("a").status).toMatchObject({ state: "pending", build_id: "2" });
  });

  test("thousands of jobs aborted at once hold up no other, and all end", async () => {
    const { clock, cluster, job } = start();
    for (let index = 0; index < 2_000; index++)
      cluster.addJob(prowJob({ state: "aborted" }, { type: "postsubmit" }, `aborted-${index}`));
    await clock.advance(60);
    add(cluster, "next");
    await clock.advance(49);
    const before = cluster.asked.length;
    await clock.advance(51);
    // From when it is seen: not after all of their 4,000 requests, only after those that were under way.
    expect(cluster.asked.indexOf("createPod next") - before).toBeLessThan(300);
    expect(cluster.asked).toContain("createPod next");
    await clock.advance(5_000);
    expect(job("next").status.state).toBe("pending");
    const open = [...cluster.truth.jobs.values()].filter(
      ({ metadata, status }) => metadata.name !== "next" && !status.completionTime,
    );
    expect(open).toEqual([]);
  });

  test("an older run is aborted in two steps and its pod goes", async () => {
    const { clock, cluster, job } = start();
    cluster.addJob(prowJob({ startTime: "2026-01-02T03:00:00Z" }, {}, "old"));
    await clock.advance(1_000);
    cluster.podStatus("old", { phase: "Running" });
    cluster.addJob(prowJob({ startTime: "2026-01-02T03:04:00Z" }, {}, "new"));
    await clock.advance(2_000);
    expect(job("old").status).toMatchObject({
      state: "aborted",
      completionTime: expect.any(String),
      prev_report_states: { "github-reporter": "aborted" },
    });
    expect(job("new").status.state).toBe("pending");
    expect([...cluster.truth.pods.keys()]).toEqual(["new"]);
  });

  test("a refused pod ends its job with the server's words", async () => {
    const { clock, cluster, job } = start();
    cluster.failures.set("createPod", [
      new KubeError(403, "Forbidden", 'pods "a" is forbidden: exceeded quota'),
    ]);
    add(cluster, "a");
    await clock.advance(1_000);
    expect(job("a").status).toMatchObject({
      state: "error",
      description:
        'Pod can not be created: create pod test-pods/a in cluster default: pods "a" is forbidden: exceeded quota',
    });
  });

  test("a pod of somebody else that has the name ends the job", async () => {
    const { clock, cluster, job } = start();
    cluster.failures.set("createPod", [new KubeError(409, "AlreadyExists", 'pods "a" already exists')]);
    add(cluster, "a");
    await clock.advance(1_000);
    expect(job("a").status).toMatchObject({
      state: "error",
      completionTime: expect.any(String),
      description:
        'Pod can not be created: create pod test-pods/a in cluster default: pods "a" already exists',
    });
  });

  test("a job whose URL cannot be made runs without one", async () => {
    const { clock, cluster, job } = start({ job_url_template: "{{.Spec.Refs.Org}}" });
    add(cluster, "a", { type: "periodic", refs: undefined });
    await clock.advance(1_000);
    expect(job("a").status).toMatchObject({ state: "pending", url: "" });
    cluster.podStatus("a", { phase: "Succeeded" });
    await clock.advance(1_000);
    expect(job("a").status).toMatchObject({ state: "success", url: "" });
  });

  test("a quota that changed meanwhile, or a server that wants a rest, is asked again", async () => {
    const { clock, cluster, job } = start();
    cluster.failures.set("createPod", [
      new KubeError(409, "Conflict", "Operation cannot be fulfilled on resourcequotas"),
      new KubeError(429, "TooManyRequests", "later"),
    ]);
    add(cluster, "a");
    await clock.advance(5_000);
    expect(job("a").status.state).toBe("pending");
  });

  test("a pod that was made when the job could not be written is taken up", async () => {
    const { clock, cluster, job } = start();
    cluster.failures.set("patchProwJob", [new KubeError(500, "InternalError", "etcd")]);
    add(cluster, "a");
    await clock.advance(5_000);
    expect(job("a").status).toMatchObject({ state: "pending", build_id: "1", pod_name: "a" });
    expect(cluster.asked.filter((effect) => effect === "createPod a")).toHaveLength(1);
  });

  test("an aborted job is over only when its pod could be deleted", async () => {
    const { clock, cluster, job } = start();
    add(cluster, "a");
    await clock.advance(1_000);
    cluster.failures.set("deletePod", Array(3).fill(new KubeError(500, "InternalError", "etcd")));
    cluster.patchJob("a", { state: "aborted" });
    await clock.advance(60);
    expect(cluster.asked).toContain("deletePod a");
    expect(job("a").status.completionTime).toBeUndefined();
    await clock.advance(60_000);
    expect(job("a").status).toMatchObject({ state: "aborted", completionTime: expect.any(String) });
    expect(cluster.truth.pods.size).toBe(0);
  });

  test("a server in trouble is asked again", async () => {
    const { clock, cluster, job } = start();
    cluster.failures.set("createPod", [
      new KubeError(500, "InternalError", "etcd"),
      new KubeError(0, "X", "reset"),
    ]);
    add(cluster, "a");
    await clock.advance(5_000);
    expect(job("a").status.state).toBe("pending");
    expect(cluster.asked.filter((effect) => effect === "createPod a")).toHaveLength(3);
  });

  test("a write from an old view is refused and made anew", async () => {
    const { clock, cluster, job } = start();
    add(cluster, "a");
    await clock.advance(1_000);
    cluster.podStatus("a", { phase: "Failed" });
    await clock.advance(45);
    // Crier writes while plank has not seen the pod's end yet.
    cluster.patchJob("a", { prev_report_states: { "github-reporter": "pending" } });
    await clock.advance(5_000);
    expect(job("a").status).toMatchObject({
      state: "failure",
      description: "Job failed.",
      prev_report_states: { "github-reporter": "pending" },
    });
  });

  test("an evicted pod is revived with a new build ID up to the limit, counted once each", async () => {
    const { clock, cluster, job } = start({ max_revivals: 2 });
    add(cluster, "a");
    for (let round = 0; round < 3; round++) {
      await clock.advance(2_000);
      cluster.podStatus("a", { phase: "Failed", reason: "Evicted" });
    }
    await clock.advance(2_000);
    expect(job("a").status).toMatchObject({
      state: "error",
      pod_revival_count: 2,
      description: "Job pod reached max revivals (2) after being stopped unexpectedly (evicted)",
    });
    expect(cluster.asked.filter((effect) => effect === "createPod a")).toHaveLength(3);
    expect(job("a").status.build_id).toBe("3");
  });

  test("a pod that vanishes is replaced", async () => {
    const { clock, cluster, job } = start();
    add(cluster, "a");
    await clock.advance(1_000);
    cluster.deletePod("a");
    await clock.advance(1_000);
    expect(cluster.truth.pods.get("a")?.metadata.labels?.["prow.k8s.io/build-id"]).toBe(
      job("a").status.build_id,
    );
    expect(job("a").status).toMatchObject({ state: "pending", build_id: "2" });
  });

  test("a pod that is never scheduled times out without any event", async () => {
    const { clock, cluster, job } = start();
    add(cluster, "a");
    await clock.advance(301_000);
    expect(job("a").status).toMatchObject({ state: "error", description: "Pod scheduling timeout." });
    expect(cluster.truth.pods.size).toBe(0);
  });

  test("tells Prow's metrics", async () => {
    const { clock, cluster, metrics } = start();
    add(cluster, "a", { max_concurrency: 1 });
    add(cluster, "b", { max_concurrency: 1 });
    await clock.advance(1_000);
    const text = await metrics.metrics();
    const labels = (state: string) =>
      `{job_namespace="prow",job_name="unit",type="postsubmit",state="${state}",org="acme",repo="lib",base_ref="main",cluster="default",retest="false"}`;
    expect(text).toContain(`prowjobs${labels("pending")} 1`);
    expect(text).toContain(`prowjobs${labels("triggered")} 1`);
    expect(text).toContain(`prowjob_state_transitions${labels("triggered")} 2`);
    expect(text).toContain(`prowjob_state_transitions${labels("pending")} 1`);
  });

  test("stops when told", async () => {
    const { clock, cluster, stop, done } = start();
    add(cluster, "a");
    await clock.advance(1_000);
    stop.abort();
    await done;
    add(cluster, "b");
    await clock.advance(1_000);
    expect(cluster.asked).not.toContain("createPod b");
  });
});
