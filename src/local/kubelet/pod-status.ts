// The status of a pod, computed from what its containers are doing. Pure.
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from "../../model/pod.ts";

/** What the kubelet knows about one container. */
export interface ContainerRecord {
  name: string;
  image: string;
  init: boolean;
  /** An init container that keeps running beside the others (its restartPolicy is Always). */
  sidecar: boolean;
  state: ContainerState;
  lastState?: ContainerState;
  restartCount: number;
  containerID?: string;
}

export interface PodFacts {
  pod: Pod;
  records: ContainerRecord[];
  hostIP: string;
  podIP: string;
  startTime: string;
  now: string;
  /** The pod as a whole was ended, whatever its containers did, e.g. DeadlineExceeded. */
  failure?: { reason: string; message: string };
}

/** `afterInit`: other containers have to end first. */
export const recordOf = (container: Container, init: boolean, afterInit: boolean): ContainerRecord => ({
  name: container.name,
  image: container.image ?? "",
  init,
  sidecar: init && container["restartPolicy"] === "Always",
  state: { waiting: { reason: afterInit ? "PodInitializing" : "ContainerCreating" } },
  restartCount: 0,
});

export function podStatus(facts: PodFacts): PodStatus {
  const { pod, records, failure, hostIP, podIP, startTime } = facts;
  const phase = failure ? "Failed" : phaseOf(records, pod.spec.restartPolicy ?? "Always");
  return {
    phase,
    ...failure,
    hostIP,
    podIP,
    startTime,
    conditions: conditions(facts, phase),
    ...(records.some((record) => record.init) && {
      initContainerStatuses: records.filter((record) => record.init).map(statusOf),
    }),
    containerStatuses: records.filter((record) => !record.init).map(statusOf),
  };
}

const initialised = (record: ContainerRecord): boolean =>
  record.sidecar
    ? Boolean(record.state.running ?? record.state.terminated)
    : record.state.terminated?.exitCode === 0;

export function phaseOf(records: ContainerRecord[], restartPolicy: string): NonNullable<PodStatus["phase"]> {
  const init = records.filter((record) => record.init);
  const main = records.filter((record) => !record.init);
  const never = restartPolicy === "Never";
  if (!init.every(initialised)) {
    const failed = init.some(({ sidecar, state }) => !sidecar && (state.terminated?.exitCode ?? 0) !== 0);
    return failed && never ? "Failed" : "Pending";
  }
  const ends = main.map((record) => record.state.terminated);
  if (ends.every((end) => end !== undefined)) {
    if (restartPolicy === "Always") return "Running";
    if (ends.every((end) => end?.exitCode === 0)) return "Succeeded";
    return never ? "Failed" : "Running";
  }
  const begun = main.some(({ state, restartCount }) => state.running || state.terminated || restartCount > 0);
  return begun ? "Running" : "Pending";
}

function statusOf({
  name,
  image,
  state,
  lastState,
  restartCount,
  containerID,
  init,
}: ContainerRecord): ContainerStatus {
  return {
    name,
    image,
    imageID: "",
    ready: init ? state.terminated?.exitCode === 0 : state.running !== undefined,
    restartCount,
    started: state.running !== undefined,
    state,
    ...(lastState && { lastState }),
    ...(containerID && { containerID }),
  };
}

/** A condition keeps its time until its status changes. */
function conditions({ pod, records, now }: PodFacts, phase: string): PodCondition[] {
  const main = records.filter((record) => !record.init);
  const over = phase === "Succeeded" || phase === "Failed";
  const ready = main.every((record) => record.state.running);
  const notReady = over ? { reason: "PodCompleted" } : { reason: "ContainersNotReady" };
  const flag = (type: string, holds: boolean, otherwise: { reason: string }): PodCondition => ({
    type,
    status: holds ? "True" : "False",
    ...(!holds && otherwise),
  });
  const isInitialised = records.filter((record) => record.init).every(initialised);
  const all = [
    { ...flag("Initialized", isInitialised, { reason: "ContainersNotInitialized" }) },
    flag("Ready", ready && !over, notReady),
    flag("ContainersReady", ready && !over, notReady),
    flag("PodScheduled", true, notReady),
  ];
  return all.map((condition) => {
    const before = pod.status?.conditions?.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? now };
  });
}

/** The status of a pod whose processes ended with an earlier run of the kubelet. */
export function lostStatus(pod: Pod, now: string): PodStatus {
  const message = "The local kubelet was restarted while this pod was running: its processes are gone";
  const lost = (status: ContainerStatus): ContainerStatus =>
    status.state?.terminated
      ? status
      : {
          ...status,
          ready: false,
          started: false,
          state: {
            terminated: { exitCode: 137, reason: "ContainerStatusUnknown", message, finishedAt: now },
          },
        };
  const { initContainerStatuses, containerStatuses } = pod.status ?? {};
  return {
    ...pod.status,
    phase: "Failed",
    reason: "Evicted",
    message,
    ...(initContainerStatuses && { initContainerStatuses: initContainerStatuses.map(lost) }),
    containerStatuses: containerStatuses?.map(lost) ?? [],
  };
}
