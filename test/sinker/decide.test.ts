// What sinker removes, and what it keeps.
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import type { Pod } from "../../src/model/pod.ts";
import type { ProwJob, ProwJobType } from "../../src/model/prowjob.ts";
import { decide, type World } from "../../src/sinker/decide.ts";

const NOW = new Date("2026-01-20T00:00:00Z");
const hoursAgo = (hours: number): string => new Date(NOW.getTime() - hours * 3600_000).toISOString();
const DAY = 24;

function job(
  name: string,
  started: number,
  over: number | undefined,
  type: ProwJobType = "presubmit",
): ProwJob {
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: { name, namespace: "prow", uid: `uid-${name}` },
    spec: { type, job: type === "periodic" ? "nightly" : "unit" },
    status: {
      state: "success",
      startTime: hoursAgo(started),
      ...(over !== undefined && { completionTime: hoursAgo(over) }),
    },
  };
}

const pod = (name: string, started: number | undefined, metadata: Partial<Pod["metadata"]> = {}): Pod => ({
  metadata: {
    name,
    namespace: "test-pods",
    uid: `uid-${name}`,
    resourceVersion: "5",
    creationTimestamp: hoursAgo(started ?? 1),
    ...metadata,
  },
  spec: { containers: [] },
  status: started === undefined ? {} : { startTime: hoursAgo(started) },
});

function removals(world: Partial<World>, periodics: string[] = ["nightly"]): string[] {
  const config = {
    periodics: periodics.map((name) => ({ name })),
    sinker: { max_prowjob_age: "168h0m0s", max_pod_age: "24h0m0s", terminated_pod_ttl: "12h0m0s" },
  } as unknown as Config;
  return decide({ jobs: [], pods: [], gone: new Set(), ...world }, config, NOW).map(
    ({ what, reason, effect }) => `${what} ${reason} ${(effect as { name: string }).name}`,
  );
}

const inDefault = (...pods: Pod[]) => pods.map((one) => ({ cluster: "default", pod: one }));

describe("ProwJobs", () => {
  test("age by their start; what is not over stays", () => {
    const jobs = [
      job("old", 8 * DAY, 1),
      job("young", 6 * DAY, 5 * DAY),
      job("old-but-running", 30 * DAY, undefined),
    ];
    expect(removals({ jobs })).toEqual(["prowjob aged old"]);
  });

  test("of a configured periodic the newest run stays, however old", () => {
    const jobs = [job("p1", 20 * DAY, 19 * DAY, "periodic"), job("p2", 10 * DAY, 9 * DAY, "periodic")];
    expect(removals({ jobs })).toEqual(["prowjob aged-periodic p1"]);
    expect(removals({ jobs }, [])).toEqual(["prowjob aged-periodic p1", "prowjob aged-periodic p2"]);
  });

  test("a newest run that still goes on protects no older one", () => {
    const jobs = [job("p1", 20 * DAY, 19 * DAY, "periodic"), job("p2", 10 * DAY, undefined, "periodic")];
    expect(removals({ jobs })).toEqual(["prowjob aged-periodic p1"]);
  });

  test("are deleted by uid", () => {
    const config = {
      periodics: [],
      sinker: { max_prowjob_age: "1h0m0s", max_pod_age: "1h0m0s", terminated_pod_ttl: "1h0m0s" },
    } as unknown as Config;
    expect(decide({ jobs: [job("a", 2, 1)], pods: [], gone: new Set() }, config, NOW)[0]?.effect).toEqual({
      do: "deleteProwJob",
      name: "a",
      namespace: "prow",
      uid: "uid-a",
    });
  });
});

describe("pods", () => {
  const cases: [string, ProwJob[], Pod, string[], string[]][] = [
    ["an old pod of a finished job", [job("a", 30, 2)], pod("a", 25), [], ["pod aged a"]],
    ["a job that ended long ago", [job("a", 20, 13)], pod("a", 20), [], ["pod ttled a"]],
    ["a pod that never started", [job("a", 20, 13)], pod("a", undefined), [], ["pod ttled a"]],
    ["young enough", [job("a", 20, 11)], pod("a", 20), [], []],
    ["an old pod of a running job", [job("a", 30, undefined)], pod("a", 30), [], []],
    ["no job, confirmed", [], pod("a", 1), ["a"], ["pod orphaned a"]],
    ["no job in the list only", [], pod("a", 1), [], []],
    ["no job, but just created", [], pod("a", 29 / 3600), ["a"], []],
    ["a job that was aborted, its pod never ran", [job("a", 30, 2)], pod("a", 25, {}), [], ["pod aged a"]],
    ["an old pod of a job that is not there, confirmed", [], pod("a", 30), ["a"], ["pod orphaned a"]],
    ["an old pod of a job that is in no list, but there", [], pod("a", 30), [], []],
    ["already being deleted", [job("a", 30, 2)], pod("a", 25, { deletionTimestamp: hoursAgo(1) }), [], []],
  ];
  test.each(cases)("%s", (_name, jobs, one, gone, expected) => {
    expect(removals({ jobs, pods: inDefault(one), gone: new Set(gone) })).toEqual(expected);
  });

  test("belong to the job that their label names", () => {
    const labelled = pod("other-name", 25, { labels: { "prow.k8s.io/id": "a" } });
    expect(removals({ jobs: [job("a", 30, 2)], pods: inDefault(labelled) })).toEqual(["pod aged other-name"]);
  });

  test("have their own times: a job's age does not take its pod, nor a pod's its job", () => {
    const both = { jobs: [job("a", 8 * DAY, 1)], pods: inDefault(pod("a", 2)) };
    expect(removals(both)).toEqual(["prowjob aged a"]);
    expect(removals({ jobs: [job("a", 30, 13)], pods: inDefault(pod("a", 25)) })).toEqual(["pod aged a"]);
  });

  test("of a running job stay, whatever their label calls it", () => {
    const labelled = pod("job-running-pod-failed", 25, { labels: { "prow.k8s.io/id": "running" } });
    expect(removals({ jobs: [job("running", 30 * DAY, undefined)], pods: inDefault(labelled) })).toEqual([]);
  });

  test("of a reported job that had its time are freed first, then removed", () => {
    const aborted = job("a", 30, 13);
    aborted.status = {
      ...aborted.status,
      state: "aborted",
      prev_report_states: { gcsk8sreporter: "aborted" },
    };
    const held = pod("a", 20, { finalizers: ["prow.x-k8s.io/gcsk8sreporter"] });
    expect(removals({ jobs: [aborted], pods: inDefault(held) })).toEqual([
      "finalizer reported a",
      "pod ttled a",
    ]);
  });

  test("are freed of the reporter's finalizer once reported, or when their job is gone", () => {
    const finalizers = ["prow.x-k8s.io/gcsk8sreporter", "other/one"];
    const reported = job("a", 5, 4);
    reported.status.prev_report_states = { gcsk8sreporter: "success" };
    expect(removals({ jobs: [reported], pods: inDefault(pod("a", 5, { finalizers })) })).toEqual([
      "finalizer reported a",
    ]);
    expect(removals({ jobs: [job("a", 5, 4)], pods: inDefault(pod("a", 5, { finalizers })) })).toEqual([]);
    expect(removals({ pods: inDefault(pod("a", 5, { finalizers })), gone: new Set(["a"]) })).toEqual([
      "finalizer orphaned a",
      "pod orphaned a",
    ]);
  });
});
