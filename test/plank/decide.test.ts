// What plank does about one job, case by case; descriptions are Prow's, word for word.
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import type { Pod, PodStatus } from "../../src/model/pod.ts";
import type { ProwJob, ProwJobSpec, ProwJobStatus } from "../../src/model/prowjob.ts";
import { decide } from "../../src/plank/decide.ts";
import type { Step, World } from "../../src/plank/world.ts";
import { ago, config, NOW, pendingJob, podOfJob, prowJob, world } from "./world.ts";

const steps = (given: World, plank: Partial<Config["plank"]> = {}): Step[] =>
  decide(given, config(plank), NOW);
const kinds = (given: Step[]) => given.map((step) => step.do);

/** The status that the only patch among the steps brings. */
function patched(given: Step[]): Record<string, unknown> {
  const patches = given.filter((step) => step.do === "patchProwJob");
  expect(patches).toHaveLength(1);
  return (patches[0]!.patch as { status: Record<string, unknown> }).status;
}

const done = { completionTime: "2026-01-02T03:04:05Z" };

describe("a job that nobody looks after", () => {
  test.each([
    ["kubernets", 'Terminal error: spec.agent "kubernets" is none of kubernetes, jenkins, tekton-pipeline.'],
    [undefined, 'Terminal error: spec.agent "" is none of kubernetes, jenkins, tekton-pipeline.'],
  ])("agent %s: it ends in error", (agent, description) => {
    expect(patched(steps(world(prowJob({}, { agent }))))).toEqual({ state: "error", description, ...done });
    expect(steps(world(prowJob({ state: "error", ...done }, { agent })))).toEqual([]);
  });

  test.each(["jenkins", "tekton-pipeline"])("agent %s: others do", (agent) => {
    expect(steps(world(prowJob({}, { agent })))).toEqual([]);
  });
});

describe("a triggered job", () => {
  test("gets a pod, in the pod namespace, with the labels of Prow's pods", () => {
    const given = steps(world(prowJob()));
    expect(given).toMatchObject([
      {
        do: "createPod",
        cluster: "default",
        pod: {
          metadata: {
            name: "11111111-1111-5111-8111-111111111111",
            namespace: "test-pods",
            labels: {
              "created-by-prow": "true",
              "prow.k8s.io/build-id": "200",
              "prow.k8s.io/job": "unit",
              "prow.k8s.io/plank-version": "v1",
            },
          },
        },
      },
    ]);
  });

  test("adopts its pod, with the pod's build ID", () => {
    expect(steps(world(prowJob(), { pod: podOfJob() }))).toEqual([
      {
        do: "patchProwJob",
        name: "11111111-1111-5111-8111-111111111111",
        namespace: "prow",
        resourceVersion: "7",
        patch: {
          metadata: {
            labels: {
              "prow.k8s.io/id": "11111111-1111-5111-8111-111111111111",
              "prow.k8s.io/build-id": "100",
            },
          },
          status: {
            state: "pending",
            pendingTime: "2026-01-02T03:04:05Z",
            description: "Job triggered.",
            build_id: "100",
            pod_name: "11111111-1111-5111-8111-111111111111",
            url: "https://ci.example.com/view/unit/100",
          },
        },
      },
    ]);
  });

  test("finds the build ID of an old pod in its environment", () => {
    const pod = podOfJob({}, { labels: {} });
    pod.spec.containers[0]!.env = [{ name: "BUILD_ID", value: "77" }];
    expect(patched(steps(world(prowJob(), { pod })))).toMatchObject({ build_id: "77" });
  });

  test("ends in error when the API server refuses the pod", () => {
    const refusal = 'create pod test-pods/x in cluster default: pods "x" is forbidden: no';
    expect(patched(steps(world(prowJob(), { refusal })))).toMatchObject({
      ...done,
      state: "error",
      description:
        'Pod can not be created: create pod test-pods/x in cluster default: pods "x" is forbidden: no',
    });
  });

  test("ends in error when it has no pod spec", () => {
    const given = patched(steps(world(prowJob({}, { pod_spec: undefined }))));
    expect(given).toMatchObject({ ...done, state: "error" });
    expect(given["description"]).toMatch(/^Pod can not be created: .*lacks a pod spec/);
  });

  test("ends in error when its cluster is unknown", () => {
    const given = steps(world(prowJob({}, { cluster: "gpu" }), { cluster: "gpu", clusterKnown: false }));
    expect(patched(given)).toEqual({
      ...done,
      state: "error",
      description: 'Terminal error: no build client found for cluster "gpu".',
    });
  });
});

describe("concurrency", () => {
  const other = (state: ProwJobStatus["state"], created: string, name = "other"): ProwJob => {
    const job = prowJob({ state }, {}, name);
    return { ...job, metadata: { ...job.metadata, creationTimestamp: created } };
  };
  const older = ago(120);
  const younger = ago(10);
  const queue = { job_queue_name: "q" };
  const cases: [
    string,
    "starts" | "waits",
    Partial<ProwJobSpec>,
    Partial<World>,
    Partial<Config["plank"]>,
  ][] = [
    ["no limit", "starts", {}, { pending: 500 }, {}],
    ["global limit, room", "starts", {}, { pending: 1 }, { max_concurrency: 2 }],
    ["global limit reached", "waits", {}, { pending: 2 }, { max_concurrency: 2 }],
    [
      "one pending of the name",
      "waits",
      { max_concurrency: 1 },
      { sameName: [other("pending", younger)] },
      {},
    ],
    ["two allowed", "starts", { max_concurrency: 2 }, { sameName: [other("pending", younger)] }, {}],
    [
      "an older triggered one",
      "waits",
      { max_concurrency: 1 },
      { sameName: [other("triggered", older)] },
      {},
    ],
    [
      "a younger triggered one",
      "starts",
      { max_concurrency: 1 },
      { sameName: [other("triggered", younger)] },
      {},
    ],
    ["only itself", "starts", { max_concurrency: 1 }, { sameName: [prowJob()] }, {}],
    ["queue with room", "starts", queue, { sameQueue: [] }, { job_queue_capacities: { q: 1 } }],
    [
      "queue is full",
      "waits",
      queue,
      { sameQueue: [other("pending", younger)] },
      { job_queue_capacities: { q: 1 } },
    ],
    ["queue of capacity 0", "waits", queue, {}, { job_queue_capacities: { q: 0 } }],
    [
      "queue without limit",
      "starts",
      queue,
      { sameQueue: [other("pending", older)] },
      { job_queue_capacities: { q: -1 } },
    ],
    [
      "a limit for the job, a narrower one for its queue",
      "waits",
      { ...queue, max_concurrency: 100 },
      { sameName: [other("pending", younger)], sameQueue: [other("pending", younger)] },
      { job_queue_capacities: { q: 1 } },
    ],
    [
      "as many pending and older ones as allowed",
      "waits",
      { max_concurrency: 2 },
      { sameName: [other("pending", younger, "one"), other("triggered", older, "two")] },
      {},
    ],
    [
      "more pending and older ones than allowed",
      "waits",
      { max_concurrency: 1 },
      { sameName: [other("pending", younger, "one"), other("triggered", older, "two")] },
      {},
    ],
    [
      "pending ones that run on another cluster",
      "waits",
      { max_concurrency: 1, cluster: "trusted" },
      { cluster: "trusted", sameName: [other("pending", older)] },
      {},
    ],
  ];
  test.each(cases)("%s: %s", (_name, expected, spec, more, plank) => {
    const given = steps(world(prowJob({}, spec), more), plank);
    if (expected === "starts") expect(kinds(given)).toEqual(["createPod"]);
    else expect(given).toEqual([{ do: "lookAgain", afterMs: 10_000, slot: true }]);
  });

  test("a queue that is not configured holds its jobs, and that is said", () => {
    for (const plank of [{}, { job_queue_capacities: { other: -1 } }]) {
      expect(steps(world(prowJob({}, { job_queue_name: "toString" })), plank)).toEqual([
        {
          do: "lookAgain",
          afterMs: 10_000,
          slot: true,
          why: 'spec.job_queue_name "toString" is not in plank.job_queue_capacities: add it there, or abort the job',
        },
      ]);
    }
  });

  test("an existing pod is adopted whatever the limits say", () => {
    expect(kinds(steps(world(prowJob(), { pod: podOfJob(), pending: 9 }), { max_concurrency: 1 }))).toEqual([
      "patchProwJob",
    ]);
  });
});

describe("a pending job whose pod tells the outcome", () => {
  const exited = (exitCode: number, finishedAt?: string) => ({
    name: "test",
    ready: false,
    restartCount: 0,
    image: "",
    imageID: "",
    state: { terminated: { exitCode, finishedAt } },
  });
  const started = (seconds: number): PodStatus => ({ startTime: ago(seconds) });
  const deleted = { deletionTimestamp: ago(1) };
  const cases: [string, PodStatus, Partial<Pod["metadata"]>, string, string, boolean][] = [
    [
      "succeeded",
      { phase: "Succeeded", containerStatuses: [exited(0, ago(1))] },
      {},
      "success",
      "Job succeeded.",
      false,
    ],
    [
      "succeeded with an unfinished container",
      { phase: "Succeeded", containerStatuses: [exited(0)] },
      {},
      "error",
      "Pod was in succeeded phase but some containers didn't finish",
      false,
    ],
    [
      "succeeded with a failed init container",
      { phase: "Succeeded", initContainerStatuses: [exited(1, ago(1))] },
      {},
      "error",
      "Pod was in succeeded phase but some containers didn't finish",
      false,
    ],
    ["failed", { phase: "Failed" }, {}, "failure", "Job failed.", false],
    ["failed and deleted", { phase: "Failed" }, deleted, "failure", "Job failed.", false],
    // Prow's own tests call this less than ideal: the node ended, not the job.
    ["ended by its node", { phase: "Failed", reason: "Terminated" }, {}, "failure", "Job failed.", false],
    [
      "not scheduled",
      { phase: "Pending" },
      { creationTimestamp: ago(300) },
      "error",
      "Pod scheduling timeout.",
      true,
    ],
    ["not started", { phase: "Pending", ...started(600) }, {}, "error", "Pod pending timeout.", true],
    [
      "running for too long",
      { phase: "Running", ...started(48 * 3600 + 1) },
      {},
      "aborted",
      "Pod running timeout.",
      true,
    ],
    ["deleted while pending", { phase: "Pending" }, deleted, "error", "Pod got deleted unexpectedly", false],
    ["deleted without a phase", {}, deleted, "error", "Pod got deleted unexpectedly", false],
    [
      "deleted while running",
      { phase: "Running", ...started(48 * 3600 + 1) },
      deleted,
      "error",
      "Pod got deleted unexpectedly",
      false,
    ],
    [
      "a container killed for memory while it runs",
      {
        phase: "Running",
        containerStatuses: [
          { ...exited(137), state: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
        ],
      },
      {},
      "error",
      "Job pod was OOM killed by the cluster.",
      false,
    ],
    [
      "an init container killed for memory while it runs",
      {
        phase: "Running",
        initContainerStatuses: [
          { ...exited(137), state: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
        ],
      },
      {},
      "error",
      "Job pod was OOM killed by the cluster.",
      false,
    ],
    [
      "killed for memory and failed",
      {
        phase: "Failed",
        containerStatuses: [
          { ...exited(137), state: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
        ],
      },
      {},
      "failure",
      "Job failed.",
      false,
    ],
  ];
  test.each(cases)("%s", (_name, status, metadata, state, description, deletes) => {
    const given = steps(world(pendingJob(), { pod: podOfJob(status, metadata) }));
    expect(patched(given)).toEqual({
      ...done,
      state,
      description,
      url: "https://ci.example.com/view/unit/100",
    });
    // The job is ended first: a pod that goes before it would be made anew.
    expect(kinds(given)).toEqual(deletes ? ["patchProwJob", "deletePod"] : ["patchProwJob"]);
    if (deletes) expect(given[1]).toMatchObject({ uid: "pod-uid", namespace: "test-pods" });
  });

  const waits: [string, PodStatus, number | undefined][] = [
    ["not scheduled yet", { phase: "Pending" }, 250_000],
    ["not started yet", { phase: "Pending", ...started(100) }, 500_000],
    ["running", { phase: "Running", ...started(3600) }, 47 * 3600_000],
    ["running without a start", { phase: "Running" }, undefined],
    [
      "running on a node that is lost, perhaps not for ever",
      { phase: "Running", reason: "NodeLost" },
      undefined,
    ],
    ["without a phase", {}, undefined],
  ];
  test.each(waits)("nothing is done while it is %s", (_name, status, afterMs) => {
    expect(steps(world(pendingJob(), { pod: podOfJob(status) }))).toEqual(
      afterMs === undefined ? [] : [{ do: "lookAgain", afterMs }],
    );
  });

  test("a timeout that is no duration counts as unset", () => {
    const job = pendingJob({}, { decoration_config: { pod_pending_timeout: "soon" } });
    expect(steps(world(job, { pod: podOfJob({ phase: "Pending", ...started(100) }) }))).toEqual([
      { do: "lookAgain", afterMs: 500_000 },
    ]);
  });

  test("the job's own timeouts beat the configured ones", () => {
    const job = pendingJob(
      {},
      {
        decoration_config: {
          pod_unscheduled_timeout: "1m0s",
          pod_pending_timeout: "2m0s",
          pod_running_timeout: "3m0s",
        },
      },
    );
    const verdict = (status: PodStatus, metadata = {}) =>
      patched(steps(world(job, { pod: podOfJob(status, metadata) })))["description"];
    expect(verdict({ phase: "Pending" }, { creationTimestamp: ago(61) })).toBe("Pod scheduling timeout.");
    expect(verdict({ phase: "Pending", ...started(121) })).toBe("Pod pending timeout.");
    expect(verdict({ phase: "Running", ...started(181) })).toBe("Pod running timeout.");
  });
});

describe("a pending job whose pod was stopped by the cluster", () => {
  const evicted = podOfJob({ phase: "Failed", reason: "Evicted" });
  const finalizers = ["prow.x-k8s.io/gcsk8sreporter", "other/finalizer"];

  test.each([
    ["evicted", evicted],
    ["unknown", podOfJob({ phase: "Unknown" })],
  ])("%s: it is counted, then the pod goes", (_cause, pod) => {
    const given = steps(world(pendingJob({ pod_revival_count: 1 }), { pod }));
    expect(kinds(given)).toEqual(["patchProwJob", "deletePod"]);
    expect(patched(given)).toEqual({ pod_revival_count: 2, pod_name: null });
  });

  test("a pod of a lost node is already being deleted", () => {
    const pod = podOfJob({ phase: "Running", reason: "NodeLost" }, { deletionTimestamp: ago(1) });
    expect(kinds(steps(world(pendingJob(), { pod })))).toEqual(["patchProwJob"]);
    const held = podOfJob(
      { phase: "Running", reason: "NodeLost" },
      { deletionTimestamp: ago(1), finalizers },
    );
    expect(kinds(steps(world(pendingJob(), { pod: held })))).toEqual(["patchProwJob", "patchPod"]);
  });

  test("the reporter's finalizer is taken off, others stay", () => {
    const pod = podOfJob({ phase: "Failed", reason: "Evicted" }, { finalizers });
    expect(steps(world(pendingJob(), { pod }))).toMatchObject([
      { do: "patchProwJob" },
      { do: "patchPod", resourceVersion: "9", patch: { metadata: { finalizers: ["other/finalizer"] } } },
      { do: "deletePod", uid: "pod-uid" },
    ]);
  });

  test("a pod that lingers after that is not counted again", () => {
    const job = pendingJob({ pod_revival_count: 1, pod_name: undefined });
    expect(kinds(steps(world(job, { pod: evicted })))).toEqual(["deletePod"]);
    const leaving = podOfJob({ phase: "Failed", reason: "Evicted" }, { deletionTimestamp: ago(1) });
    expect(steps(world(job, { pod: leaving }))).toEqual([]);
  });

  test("the next pod is created with a new build ID, after the job says so", () => {
    const job = pendingJob({ pod_revival_count: 1, pod_name: undefined });
    const given = steps(world(job));
    expect(kinds(given)).toEqual(["patchProwJob", "createPod"]);
    expect(patched(given)).toMatchObject({ build_id: "200", pod_name: job.metadata.name });
  });

  test("after max_revivals the job ends in error", () => {
    const given = steps(world(pendingJob({ pod_revival_count: 3 }), { pod: evicted }));
    expect(patched(given)).toMatchObject({
      ...done,
      state: "error",
      description: "Job pod reached max revivals (3) after being stopped unexpectedly (evicted)",
    });
    const lost = podOfJob({ reason: "NodeLost" }, { deletionTimestamp: ago(1) });
    expect(patched(steps(world(pendingJob(), { pod: lost }), { max_revivals: 0 }))["description"]).toBe(
      "Job pod reached max revivals (0) after being stopped unexpectedly (unreachable)",
    );
  });

  test("error_on_eviction ends the job at once", () => {
    const given = steps(world(pendingJob({}, { error_on_eviction: true }), { pod: evicted }));
    expect(patched(given)).toMatchObject({
      state: "error",
      description: "Job pod was evicted by the cluster.",
    });
  });
});

describe("a pending job without its pod", () => {
  test("gets another one under a new build ID", () => {
    const given = steps(world(pendingJob()));
    expect(kinds(given)).toEqual(["patchProwJob", "createPod"]);
    expect(patched(given)).toEqual({
      build_id: "200",
      pod_name: "11111111-1111-5111-8111-111111111111",
      url: "https://ci.example.com/view/unit/200",
    });
  });

  test("learns the build ID of a pod that someone else created", () => {
    const pod = podOfJob({ phase: "Running" }, { labels: { "prow.k8s.io/build-id": "300" } });
    expect(patched(steps(world(pendingJob(), { pod })))).toMatchObject({ build_id: "300" });
  });

  test("ends in error when the new pod is refused", () => {
    expect(patched(steps(world(pendingJob(), { refusal: "no" })))).toMatchObject({
      state: "error",
      description: "Pod can not be created: no",
    });
  });
});

describe("aborting", () => {
  test("an aborted job's pod goes first, then the job is over", () => {
    const job = pendingJob({ state: "aborted" });
    const given = steps(world(job, { pod: podOfJob({ phase: "Running" }) }));
    expect(kinds(given)).toEqual(["deletePod", "patchProwJob"]);
    expect(patched(given)).toEqual(done);
    expect(kinds(steps(world(job)))).toEqual(["deletePod", "patchProwJob"]);
  });

  test("on an unknown cluster it ends in error", () => {
    expect(
      patched(steps(world(pendingJob({ state: "aborted" }), { cluster: "x", clusterKnown: false }))),
    ).toMatchObject({
      state: "error",
      description: "Terminal error: no build client available for cluster x.",
    });
  });

  test("a job that is over is left alone, but not a pod that outlived its abort", () => {
    const over = pendingJob({ state: "aborted", completionTime: ago(5) });
    expect(kinds(steps(world(over, { pod: podOfJob({ phase: "Running" }) })))).toEqual(["deletePod"]);
    expect(steps(world(over, { pod: podOfJob({ phase: "Succeeded" }) }))).toEqual([]);
    expect(steps(world(over))).toEqual([]);
    const oom = pendingJob({ state: "error", completionTime: ago(5) });
    expect(steps(world(oom, { pod: podOfJob({ phase: "Running" }) }))).toEqual([]);
  });
});

describe("duplicates", () => {
  const run = (
    name: string,
    secondsAgo: number,
    status: ProwJobStatus = {},
    spec: Partial<ProwJobSpec> = {},
  ) => prowJob({ startTime: ago(secondsAgo), ...status }, spec, name);
  const abortedBy = (given: Step[]) =>
    given.filter((step) => step.do === "patchProwJob").map((step) => [step.name, step.patch]);
  const abort = {
    status: { state: "aborted", prev_report_states: { "github-reporter": "aborted" } },
  };

  test("an older run of the same presubmit is aborted, marked as reported", () => {
    const old = run("old", 100, { state: "pending", prev_report_states: { "github-reporter": "pending" } });
    const fresh = run("new", 10);
    const given = steps(world(fresh, { duplicates: [old, fresh] }));
    expect(abortedBy(given)).toEqual([["old", abort]]);
    expect(kinds(given)).toEqual(["patchProwJob", "createPod"]);
  });

  test("a run that is itself outdated is aborted and nothing else happens to it", () => {
    const old = run("old", 100);
    const fresh = run("new", 10);
    expect(abortedBy(steps(world(old, { duplicates: [fresh, old] })))).toEqual([["old", abort]]);
  });

  test("other reporters' memory is kept", () => {
    const old = run("old", 100, { prev_report_states: { gcsreporter: "pending" } });
    expect(abortedBy(steps(world(old, { duplicates: [old, run("new", 10)] })))).toEqual([
      [
        "old",
        {
          status: {
            state: "aborted",
            prev_report_states: { gcsreporter: "pending", "github-reporter": "aborted" },
          },
        },
      ],
    ]);
  });

  test("of runs of the same second the one that arrived last stays", () => {
    const first = run("b-first", 10);
    const second = run("a-second", 10);
    expect(abortedBy(steps(world(second, { duplicates: [first, second] })))).toEqual([["b-first", abort]]);
  });

  test("jobs that are over or being aborted do not count", () => {
    const fresh = run("new", 10);
    const duplicates = [
      run("over", 1, { state: "success", completionTime: ago(1) }),
      run("aborting", 2, { state: "aborted" }),
      fresh,
    ];
    expect(kinds(steps(world(fresh, { duplicates })))).toEqual(["createPod"]);
  });
});

test("jobs of other agents and jobs that await scheduling are not plank's", () => {
  expect(steps(world(prowJob({}, { agent: "jenkins" })))).toEqual([]);
  expect(steps(world(prowJob({ state: "scheduling" })))).toEqual([]);
});
