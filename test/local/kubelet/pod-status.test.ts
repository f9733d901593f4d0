// A pod's phase and conditions from what its containers do, as Kubernetes computes them.
import { expect, test } from "vitest";
import {
  type ContainerRecord,
  lostStatus,
  phaseOf,
  podStatus,
} from "../../../src/local/kubelet/pod-status.ts";
import type { ContainerState, Pod } from "../../../src/model/pod.ts";

const waiting: ContainerState = { waiting: { reason: "ContainerCreating" } };
const running: ContainerState = { running: { startedAt: "t" } };
const exit = (exitCode: number): ContainerState => ({ terminated: { exitCode } });
const record = (state: ContainerState, more: Partial<ContainerRecord> = {}): ContainerRecord => ({
  ...{ name: "c", image: "i", init: false, sidecar: false, restartCount: 0, state },
  ...more,
});
const init = { init: true };

test.each<[string, ContainerRecord[], string, string]>([
  ["nothing runs yet", [record(waiting)], "Never", "Pending"],
  ["one runs", [record(running), record(waiting)], "Never", "Running"],
  ["one has ended, one runs", [record(running), record(exit(1))], "Never", "Running"],
  ["all ended well", [record(exit(0)), record(exit(0))], "Never", "Succeeded"],
  ["one ended badly", [record(exit(0)), record(exit(1))], "Never", "Failed"],
  ["it will be restarted", [record(exit(1))], "OnFailure", "Running"],
  ["it always is", [record(exit(0))], "Always", "Running"],
  ["it waits for its restart", [record(waiting, { restartCount: 1 })], "OnFailure", "Running"],
  ["init runs", [record(running, init), record(waiting)], "Never", "Pending"],
  ["init failed", [record(exit(1), init), record(waiting)], "Never", "Failed"],
  ["init will be tried again", [record(exit(1), init), record(waiting)], "OnFailure", "Pending"],
  [
    "a sidecar runs on",
    [record(running, { init: true, sidecar: true }), record(exit(0))],
    "Never",
    "Succeeded",
  ],
])("%s", (_what, records, policy, phase) => {
  expect(phaseOf(records, policy)).toBe(phase);
});

const pod = (status?: Pod["status"]): Pod => ({
  metadata: { name: "p" },
  spec: { containers: [], restartPolicy: "Never" },
  status,
});
const facts = { hostIP: "1", podIP: "1", startTime: "start" };

test("conditions keep their time until they change", () => {
  const first = podStatus({ ...facts, pod: pod(), records: [record(running)], now: "t1" });
  const second = podStatus({ ...facts, pod: pod(first), records: [record(exit(0))], now: "t2" });
  const of = (status: Pod["status"], type: string) =>
    status?.conditions?.find((found) => found.type === type);
  expect(of(first, "Ready")).toMatchObject({ status: "True", lastTransitionTime: "t1" });
  expect(of(second, "Ready")).toMatchObject({
    status: "False",
    reason: "PodCompleted",
    lastTransitionTime: "t2",
  });
  expect(of(second, "PodScheduled")).toMatchObject({ status: "True", lastTransitionTime: "t1" });
});

test("a deadline fails the pod whatever its containers did", () => {
  const failure = { reason: "DeadlineExceeded", message: "m" };
  expect(podStatus({ ...facts, pod: pod(), records: [record(exit(0))], now: "t", failure })).toMatchObject({
    phase: "Failed",
    ...failure,
  });
});

test("after a restart of the kubelet, what had ended keeps its outcome", () => {
  const before = podStatus({ ...facts, pod: pod(), records: [record(exit(0)), record(running)], now: "t" });
  const after = lostStatus(pod(before), "now");
  expect(after).toMatchObject({ phase: "Failed", reason: "Evicted" });
  expect(after.containerStatuses?.map(({ state }) => state?.terminated?.exitCode)).toEqual([0, 137]);
});
