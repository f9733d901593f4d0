// podinfo.json: which jobs, when the pod is kept and let go, what is written. Prow's own cases.
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { hasPod, isSampled, podReporter } from "../../src/crier/pod-reporter.ts";
import { KubeError } from "../../src/kube/error.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { crc32c } from "../../src/lib/crc32c.ts";
import { silent } from "../../src/lib/logger.ts";
import { POD_REPORTER_FINALIZER } from "../../src/model/labels.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { job } from "./world.ts";

const PENDING = "2026-01-02T03:00:01Z";
const config = {
  pod_namespace: "test-pods",
  plank: { default_decoration_config_entries: [] },
} as unknown as Config;
const gcs = { bucket: "kubernetes-jenkins", path_prefix: "some-prefix", path_strategy: "explicit" } as const;

function periodic(state: ProwJob["status"]["state"], status: object = {}): ProwJob {
  return job("soak", state, {
    spec: { type: "periodic", refs: undefined, decoration_config: { gcs_configuration: gcs } },
    status: { pendingTime: PENDING, build_id: "12345", ...status },
  });
}

const pod = (metadata: object = {}, spec: object = { containers: [], nodeName: "test-node" }) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "pj-soak", namespace: "test-pods", uid: "u", resourceVersion: "7", ...metadata },
  spec,
});
const event = { kind: "Event", type: "Warning", message: "Some event", metadata: { name: "e" } };
const node = { apiVersion: "v1", kind: "Node", metadata: { name: "test-node" } };

function reporter(world: Record<string, unknown>) {
  const listed: unknown[] = [];
  const answer = (name: string) => {
    if (world[name] instanceof Error) throw world[name];
    return world[name];
  };
  const read = {
    get: async ({ kind }: { kind: string }) => answer(kind),
    async list(_: unknown, options: unknown) {
      listed.push(options);
      return { items: answer("Event") ?? [], resourceVersion: "" };
    },
  } as unknown as KubeRead;
  const made = podReporter({
    cluster: "default",
    read,
    config: () => config,
    workers: 1,
    fraction: 1,
    log: silent,
  });
  return { ...made, listed, effects: (of: ProwJob) => made.steps(of)[0]!.effects() };
}

const URL = "gs://kubernetes-jenkins/some-prefix/logs/soak/12345/podinfo.json";
const patch = (finalizers: string[]) => ({
  do: "patchPod",
  cluster: "default",
  name: "pj-soak",
  namespace: "test-pods",
  resourceVersion: "7",
  patch: { metadata: { finalizers } },
});

test.each([
  ["a complete job", periodic("success"), true],
  ["a pending job", periodic("pending"), true],
  ["a job that never was pending", periodic("triggered", { pendingTime: undefined }), false],
  ["a job without a build id", periodic("success", { build_id: "" }), false],
  [
    "a job of another agent",
    { ...periodic("success"), spec: { ...periodic("success").spec, agent: "jenkins" } },
    false,
  ],
])("%s: %#", (_, of, expected) => {
  expect(hasPod(of as ProwJob)).toBe(expected);
  expect(reporter({}).shouldReport(of as ProwJob)).toBe(expected);
});

test("jobs of other build clusters are left to their own workers", () => {
  const elsewhere = periodic("success");
  elsewhere.spec.cluster = "far";
  expect(reporter({}).shouldReport(elsewhere)).toBe(false);
});

test("a sample of jobs is picked by CRC-32C of the name, as Go computes it", () => {
  expect(crc32c("123456789")).toBe(0xe3069283);
  expect(crc32c("")).toBe(0);
  const names = Array.from({ length: 1000 }, (_, i) => `ba123965-4fd4-421f-8509-${i}`);
  expect(names.filter((name) => isSampled(name, 1))).toHaveLength(1000);
  expect(names.filter((name) => isSampled(name, 0))).toHaveLength(0);
  const half = names.filter((name) => isSampled(name, 0.5)).length;
  expect(half).toBeGreaterThan(400);
  expect(half).toBeLessThan(600);
  expect(isSampled("123456789", 0xe3 / 256)).toBe(false);
  expect(isSampled("123456789", 0xe4 / 256)).toBe(true);
});

test("a pending job's pod gets the finalizer, beside those it has", async () => {
  expect(await reporter({ Pod: pod() }).effects(periodic("pending"))).toEqual([
    patch([POD_REPORTER_FINALIZER]),
  ]);
  const kept = pod({ finalizers: ["theirs"] });
  expect(await reporter({ Pod: kept }).effects(periodic("pending"))).toEqual([
    patch(["theirs", POD_REPORTER_FINALIZER]),
  ]);
});

test.each([
  ["one that has it", { finalizers: [POD_REPORTER_FINALIZER] }],
  ["one that is being deleted", { deletionTimestamp: PENDING }],
])("nothing is done to the pod of a pending job: %s", async (_, metadata) => {
  expect(await reporter({ Pod: pod(metadata) }).effects(periodic("pending"))).toEqual([]);
});

test("a pod deleted meanwhile takes no finalizer, and that is no failure", () => {
  const { steps } = reporter({});
  const hopeless = steps(periodic("pending"))[0]!.isHopeless!;
  const message =
    'Pod "b2c9" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"prow.x-k8s.io/gcsk8sreporter"}';
  expect(hopeless(new KubeError(422, "Invalid", message))).toBe(true);
  expect(hopeless(new KubeError(409, "Conflict", "changed"))).toBe(false);
  expect(hopeless(new KubeError(0, "ECONNREFUSED", "no connection"))).toBe(false);
});

test("a complete job's pod, events and node are written, then the pod is let go", async () => {
  const held = pod({ finalizers: [POD_REPORTER_FINALIZER, "theirs"] });
  const { effects, listed } = reporter({ Pod: held, Event: [event], Node: node });
  const [write, ...rest] = await effects(periodic("success"));
  expect(rest).toEqual([patch(["theirs"])]);
  expect(write).toMatchObject({ do: "writeObject", url: URL, contentType: "application/json" });
  const content = (write as { content: string }).content;
  expect(content.startsWith('{\n\t"pod": {\n\t\t"metadata": {\n\t\t\t"name": "pj-soak"')).toBe(true);
  const { kind: _k, apiVersion: _a, ...plain } = held;
  expect(JSON.parse(content)).toEqual({
    pod: plain,
    events: [{ type: "Warning", message: "Some event", metadata: { name: "e" } }],
    node: { metadata: { name: "test-node" } },
  });
  expect(listed).toEqual([
    {
      namespace: "test-pods",
      fieldSelector:
        "involvedObject.kind=Pod,involvedObject.namespace=test-pods,involvedObject.name=pj-soak,involvedObject.uid=u",
    },
  ]);
});

test("what cannot be read beside the pod is left out", async () => {
  const refused = new KubeError(403, "Forbidden", "no");
  const [write, ...rest] = await reporter({ Pod: pod(), Event: refused, Node: refused }).effects(
    periodic("success"),
  );
  expect(rest).toEqual([]);
  expect(Object.keys(JSON.parse((write as { content: string }).content))).toEqual(["pod"]);
});

test("a pod that is gone is not reported; a cluster that does not answer is asked again", async () => {
  expect(await reporter({}).effects(periodic("success"))).toEqual([]);
  const dead = reporter({ Pod: new KubeError(0, "ECONNREFUSED", "no connection") });
  await expect(dead.effects(periodic("success"))).rejects.toThrow("no connection");
});

test("an aborted job is looked at again every 10 s until it is complete", () => {
  const { waitMs } = reporter({});
  expect(waitMs!(periodic("aborted", { completionTime: undefined }))).toBe(10_000);
  expect(waitMs!(periodic("aborted"))).toBeUndefined();
  expect(waitMs!(periodic("pending"))).toBeUndefined();
});

test("a job whose report has no place is not held, nor waited for", async () => {
  const nowhere = periodic("pending");
  nowhere.spec.decoration_config = undefined;
  expect(await reporter({ Pod: pod() }).effects(nowhere)).toEqual([]);
  const aborted = { ...nowhere, status: { ...nowhere.status, state: "aborted" as const } };
  expect(reporter({}).waitMs!(aborted)).toBeUndefined();
});

test("a job that was aborted and is over is reported as others are", async () => {
  const held = pod({ finalizers: [POD_REPORTER_FINALIZER] });
  const [write, ...rest] = await reporter({ Pod: held }).effects(periodic("aborted"));
  expect(write).toMatchObject({ do: "writeObject", url: URL });
  expect(rest).toEqual([patch([])]);
});
