// Plank at work on an API server: jobs become pods, pods' ends become results. Run over the local and the real one.
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { Surroundings } from "../../src/cmd/surroundings.ts";
import { watchJobs } from "../../src/cmd/wiring/ports.ts";
import { applier } from "../../src/effects/apply.ts";
import { singleCluster } from "../../src/kube/kubeconfig.ts";
import type { Kube, ObjectStore } from "../../src/kube/port.ts";
import { reflect } from "../../src/kube/reflector.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { health } from "../../src/lib/health.ts";
import { silent } from "../../src/lib/logger.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { POD, type Pod } from "../../src/model/pod.ts";
import { PROW_JOB, type ProwJob, type ProwJobSpec } from "../../src/model/prowjob.ts";
import { plankReady, runPlank } from "../../src/plank/run.ts";
import { config, prowJob } from "./world.ts";

const CONFIG = { ...config(), prowjob_namespace: "default", pod_namespace: "default" };

const OTHER = { name: "other", image: "busybox" };

export interface Plank {
  kube: Kube;
  jobs: ObjectStore<ProwJob>;
  pods: ObjectStore<Pod>;
  stop(): Promise<void>;
}

export async function startPlank(kube: Kube): Promise<Plank> {
  const stop = new AbortController();
  const deps = { clock: systemClock, log: silent, signal: stop.signal, random: Math.random };
  const around = { ...deps, host: deps, health: health(() => 0), config: { config: () => CONFIG } };
  const jobs = watchJobs(singleCluster(kube), around as unknown as Surroundings);
  const options = { namespace: "default", labelSelector: "created-by-prow=true" };
  const pods = reflect(kube.read, POD, options, deps);
  const stores = { jobs, pods: new Map([["default", pods]]) };
  let builds = 0;
  const done = runPlank(
    {
      ...stores,
      config: () => CONFIG,
      apply: applier({ clusters: singleCluster(kube), clock: systemClock, log: silent }),
      buildId: async () => String(++builds),
      version: "test",
      clock: systemClock,
      random: Math.random,
      log: silent,
      metrics: new Registry(),
    },
    stop.signal,
  );
  await until(() => plankReady(stores), "plank is ready");
  return {
    kube,
    jobs,
    pods,
    async stop() {
      stop.abort();
      await done;
    },
  };
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  seconds = 20,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** As a kubelet would. */
export const setPodStatus = (kube: Kube, name: string, status: Pod["status"]) =>
  kube.write.patch(POD, "default", name, { status }, { subresource: "status" });

export function newJob(name: string, spec: Partial<ProwJobSpec> = {}, started = new Date()): ProwJob {
  const startTime = started.toISOString().replace(/\.\d+Z$/, "Z");
  const job = prowJob({ startTime }, { type: "postsubmit", ...spec }, name);
  return { ...job, metadata: { name, namespace: "default" } as KubeObject["metadata"] };
}

/** With `spec: undefined` without one, as Prow's CRD lets people write it. */
function faulty(name: string, fault: object): ProwJob {
  const job = newJob(name, { job: name, ...fault });
  if (!("spec" in fault)) return job;
  const { spec: _spec, ...rest } = job;
  return rest as ProwJob;
}

/** The server needs the namespace `default` and the ProwJob CRD. */
export function plankEndToEnd(name: string, open: () => Promise<Plank>): void {
  describe(`plank on ${name}`, () => {
    const stateIs = (plank: Plank, job: string, state: string) =>
      until(() => plank.jobs.get("default", job)?.status.state === state, `${job} is ${state}`);

    test("a job goes from triggered to success", async () => {
      const plank = await open();
      const { kube } = plank;
      await kube.write.create(PROW_JOB, newJob("simple"));
      await stateIs(plank, "simple", "pending");
      const terminated = { exitCode: 0, finishedAt: "2026-01-01T00:00:00Z" };
      const status = { ready: false, restartCount: 0, image: "i", imageID: "" };
      await setPodStatus(kube, "simple", {
        phase: "Succeeded",
        containerStatuses: [{ ...status, name: "test", state: { terminated } }],
      });
      await stateIs(plank, "simple", "success");
      const job = await kube.read.get(PROW_JOB, "default", "simple");
      const pod = await kube.read.get(POD, "default", "simple");
      expect(job?.status).toMatchObject({
        description: "Job succeeded.",
        pod_name: "simple",
        build_id: pod?.metadata.labels?.["prow.k8s.io/build-id"],
        completionTime: expect.any(String),
      });
    });

    test("an older run of a presubmit ends when a newer one comes", async () => {
      const plank = await open();
      const { kube } = plank;
      const presubmit = { type: "presubmit" as const, job: "dup" };
      await kube.write.create(PROW_JOB, newJob("dup-1", presubmit, new Date(Date.now() - 60_000)));
      await stateIs(plank, "dup-1", "pending");
      await kube.write.create(PROW_JOB, newJob("dup-2", presubmit));
      await until(() => Boolean(plank.jobs.get("default", "dup-1")?.status.completionTime), "dup-1 is over");
      expect(plank.jobs.get("default", "dup-1")?.status.state).toBe("aborted");
      await stateIs(plank, "dup-2", "pending");
      await until(() => !plank.pods.get("default", "dup-1"), "its pod is gone");
    });

    test("max_concurrency lets one after the other run", async () => {
      const plank = await open();
      const { kube } = plank;
      const limited = { job: "limited", max_concurrency: 2 };
      const names = Array.from({ length: 6 }, (_, index) => `limited-${index}`);
      await Promise.all(names.map((one) => kube.write.create(PROW_JOB, newJob(one, limited))));
      const over = () => names.filter((one) => plank.jobs.get("default", one)?.status.completionTime).length;
      const running = () => {
        const states = names.map((one) => plank.pods.get("default", one)?.status?.phase);
        return names.filter((_, index) => states[index] === "Pending");
      };
      while (over() < names.length) {
        const expected = Math.min(2, names.length - over());
        await until(() => running().length === expected, "two pods run");
        await setPodStatus(kube, running()[0]!, { phase: "Failed" });
        const before = over();
        await until(() => over() > before, "one more is over");
        expect(running().length).toBeLessThanOrEqual(2);
      }
    });

    test("a pod of somebody else that has the name is left alone, and ends the job", async () => {
      const plank = await open();
      const { kube } = plank;
      const pod = { metadata: { name: "taken", namespace: "default" }, spec: { containers: [OTHER] } };
      await kube.write.create(POD, { apiVersion: "v1", kind: "Pod", ...pod } as Pod);
      await kube.write.create(PROW_JOB, newJob("taken"));
      await stateIs(plank, "taken", "error");
      expect(plank.jobs.get("default", "taken")?.status.description).toBe(
        'Pod can not be created: create pod default/taken in cluster default: pods "taken" already exists',
      );
      expect((await kube.read.get(POD, "default", "taken"))?.spec.containers[0]?.name).toBe(OTHER.name);
    });

    test("jobs that were written by hand and cannot run each end with a reason, and a good one among them starts", async () => {
      const plank = await open();
      const { write } = plank.kube;
      const wrong: [string, object, string][] = [
        [
          "no-spec",
          { spec: undefined },
          'Terminal error: spec.agent "" is none of kubernetes, jenkins, tekton-pipeline.',
        ],
        [
          "strange-agent",
          { agent: "podman" },
          'Terminal error: spec.agent "podman" is none of kubernetes, jenkins, tekton-pipeline.',
        ],
        [
          "strange-cluster",
          { cluster: "nowhere" },
          'Terminal error: no build client found for cluster "nowhere".',
        ],
        [
          "no-pod-spec",
          { pod_spec: undefined },
          'Pod can not be created: prowjob "no-pod-spec" lacks a pod spec',
        ],
      ];
      const made = [...wrong.map(([name, fault]) => faulty(name, fault)), newJob("good", { job: "good" })];
      await Promise.all(made.map((job) => write.create(PROW_JOB, job)));
      await stateIs(plank, "good", "pending");
      for (const [name, , why] of wrong) {
        await stateIs(plank, name, "error");
        const job = await plank.kube.read.get(PROW_JOB, "default", name);
        expect(job?.status).toMatchObject({ description: why, completionTime: expect.any(String) });
      }
    });

    test("a pod that the API server refuses ends its job with the reason", async () => {
      const plank = await open();
      const pod_spec = {
        containers: [{ name: "", image: "busybox", volumeMounts: [{ name: "x", mountPath: "/x" }] }],
      };
      await plank.kube.write.create(PROW_JOB, newJob("refused", { pod_spec }));
      await stateIs(plank, "refused", "error");
      expect(plank.jobs.get("default", "refused")?.status.description).toMatch(
        /^Pod can not be created: create pod default\/refused in cluster default: Pod "refused" is invalid: /,
      );
    });
  });
}
