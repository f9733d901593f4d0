import { expect, test } from "vitest";
import { podTroubleLines } from "../../src/deck/pod-trouble.ts";
import type { ContainerState, Pod, PodStatus } from "../../src/model/pod.ts";
import type { PodEvent } from "../../src/model/pod-event.ts";
import { blobs, deck, prowJob, storeOf } from "./deck.ts";

const pod = (status: PodStatus): Pod => ({ metadata: { name: "p" }, spec: { containers: [] }, status });
const container = (name: string, state: ContainerState) => ({
  ...{ name, state, ready: false, restartCount: 0, image: "", imageID: "" },
});
const event = (lastTimestamp: string, fields: Partial<PodEvent>): PodEvent => ({
  ...{ metadata: { name: lastTimestamp }, involvedObject: { kind: "Pod", name: "p" }, lastTimestamp },
  ...fields,
});

test("an image that cannot be pulled is named, with the cluster's warnings", () => {
  const status: PodStatus = {
    phase: "Pending",
    initContainerStatuses: [container("clonerefs", { terminated: { exitCode: 0, reason: "Completed" } })],
    containerStatuses: [
      container("test", {
        waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "nowhere".' },
      }),
      container("sidecar", { waiting: { reason: "PodInitializing" } }),
    ],
  };
  const events = [
    event("2026-11-23T12:00:02Z", { type: "Warning", reason: "Failed", message: "not found", count: 3 }),
    event("2026-11-23T12:00:01Z", { type: "Normal", reason: "Scheduled", message: "to a node" }),
  ];
  expect(podTroubleLines(pod(status), events)).toEqual([
    'Container test waits: ImagePullBackOff: Back-off pulling image "nowhere".',
    "The cluster warned 3 times: Failed: not found.",
  ]);
});

test("what a container died of, and why a pod has no node or was evicted", () => {
  const killed = container("test", { terminated: { exitCode: 137, reason: "OOMKilled" } });
  expect(podTroubleLines(pod({ containerStatuses: [killed] }), [])).toEqual([
    "Container test ended with exit code 137: OOMKilled.",
  ]);
  const condition = {
    type: "PodScheduled",
    status: "False" as const,
    reason: "Unschedulable",
    message: "0/3 nodes",
  };
  expect(podTroubleLines(pod({ conditions: [condition] }), [])).toEqual([
    "No node takes the pod: Unschedulable: 0/3 nodes.",
  ]);
  expect(podTroubleLines(pod({ reason: "Evicted", message: "low on memory." }), [])).toEqual([
    "The pod: Evicted: low on memory.",
  ]);
  expect(podTroubleLines(pod({}), [])).toEqual([]);
});

test("the page of a run without a log shows it; with a log the pod is not asked", async () => {
  let asked = 0;
  const podTrouble = async () => {
    asked++;
    return ["Container test waits: <b>."];
  };
  const jobs = storeOf([prowJob({ name: "stuck" })]);
  const without = await deck({ jobs, podTrouble })("/prowjob-view/stuck");
  expect(await without.text()).toContain("Container test waits: &lt;b&gt;.");
  const log = "gs://results/pr-logs/pull/acme_widgets/7/unit/123/build-log.txt";
  const stored = await deck({ jobs, podTrouble, storage: blobs({ [log]: { text: "fine" } }) })(
    "/prowjob-view/stuck",
  );
  expect(await stored.text()).not.toContain("What its pod says");
  expect(asked).toBe(1);
});
