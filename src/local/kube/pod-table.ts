// The columns of `kubectl get pods`.
import { age } from "./age.ts";
import { type ApiObject, at, isObject, type JsonObject, objectsAt, textAt } from "./json.ts";
import type { TableShape } from "./resource.ts";

const NONE = "<none>";

export const podTable: TableShape = {
  columns: [
    { name: "Name", type: "string", format: "name" },
    {
      name: "Ready",
      type: "string",
      description: "The aggregate readiness state of this pod for accepting traffic.",
    },
    { name: "Status", type: "string", description: "The aggregate status of the containers in this pod." },
    {
      name: "Restarts",
      type: "string",
      description: "The number of times the containers in this pod have been restarted.",
    },
    { name: "Age", type: "string" },
    { name: "IP", type: "string", priority: 1 },
    { name: "Node", type: "string", priority: 1 },
    { name: "Nominated Node", type: "string", priority: 1 },
    { name: "Readiness Gates", type: "string", priority: 1 },
  ],
  cells(pod, now) {
    const statuses = objectsAt(pod, "status", "containerStatuses");
    const containers = objectsAt(pod, "spec", "containers");
    const ready = statuses.filter((status) => status["ready"] === true && at(status, "state", "running"));
    return [
      pod.metadata.name,
      `${ready.length}/${containers.length}`,
      podReason(pod),
      restarts(statuses, now),
      age(pod.metadata.creationTimestamp, now),
      textAt(pod, "status", "podIP") || NONE,
      textAt(pod, "spec", "nodeName") || NONE,
      textAt(pod, "status", "nominatedNodeName") || NONE,
      readinessGates(pod),
    ];
  },
};

/** One word for how the pod is: its phase, or why a container waits or ended. */
function podReason(pod: ApiObject): string {
  let reason = textAt(pod, "status", "reason") || textAt(pod, "status", "phase");
  const initializing = initReason(pod);
  if (initializing) reason = initializing;
  else {
    // The first container that has something to say wins, so the last is looked at first.
    for (const status of objectsAt(pod, "status", "containerStatuses").toReversed()) {
      reason = containerReason(status) ?? reason;
    }
  }
  if (!pod.metadata.deletionTimestamp) return reason;
  return textAt(pod, "status", "reason") === "NodeLost" ? "Unknown" : "Terminating";
}

function containerReason(status: JsonObject): string | undefined {
  const waiting = textAt(status, "state", "waiting", "reason");
  if (waiting) return waiting;
  const terminated = at(status, "state", "terminated");
  if (!isObject(terminated)) return undefined;
  const { reason, signal, exitCode } = terminated;
  if (reason) return String(reason);
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function initReason(pod: ApiObject): string | undefined {
  const count = objectsAt(pod, "spec", "initContainers").length;
  for (const [index, status] of objectsAt(pod, "status", "initContainerStatuses").entries()) {
    const terminated = at(status, "state", "terminated");
    if (isObject(terminated) && (terminated["exitCode"] ?? 0) === 0) continue;
    if (isObject(terminated)) return `Init:${containerReason(status)}`;
    const waiting = textAt(status, "state", "waiting", "reason");
    return waiting && waiting !== "PodInitializing" ? `Init:${waiting}` : `Init:${index}/${count}`;
  }
  return undefined;
}

function restarts(statuses: JsonObject[], now: Date): string {
  const total = statuses.reduce((sum, status) => sum + Number(status["restartCount"] ?? 0), 0);
  const ends = statuses.map((status) => textAt(status, "lastState", "terminated", "finishedAt")).sort();
  const last = ends.at(-1);
  return total > 0 && last ? `${total} (${age(last, now)} ago)` : String(total);
}

function readinessGates(pod: ApiObject): string {
  const gates = objectsAt(pod, "spec", "readinessGates");
  if (gates.length === 0) return NONE;
  const conditions = objectsAt(pod, "status", "conditions");
  const met = gates.filter((gate) =>
    conditions.some(({ type, status }) => type === gate["conditionType"] && status === "True"),
  );
  return `${met.length}/${gates.length}`;
}
