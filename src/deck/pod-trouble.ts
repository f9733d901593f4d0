// Why a run has no log, as far as its pod tells: what its containers wait for or died of, and the cluster's warnings.
import type { ContainerStatus, Pod } from "../model/pod.ts";
import type { PodEvent } from "../model/pod-event.ts";

const EVENTS_SHOWN = 5;
/** A container that waits for these is only not there yet. */
const ORDINARY = new Set(["ContainerCreating", "PodInitializing"]);

/** One sentence each; empty when nothing is wrong with the pod. */
export function podTroubleLines(pod: Pod, events: PodEvent[]): string[] {
  const { reason, message, conditions, initContainerStatuses, containerStatuses } = pod.status ?? {};
  const unscheduled = conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  return [
    ...(reason || message ? [`The pod: ${told(reason, message)}.`] : []),
    ...(unscheduled ? [`No node takes the pod: ${told(unscheduled.reason, unscheduled.message)}.`] : []),
    ...[...(initContainerStatuses ?? []), ...(containerStatuses ?? [])].flatMap(containerTrouble),
    ...events
      .filter(({ type }) => type === "Warning")
      .sort(oldestFirst)
      .slice(-EVENTS_SHOWN)
      .map(eventLine),
  ];
}

function containerTrouble({ name, state }: ContainerStatus): string[] {
  const { waiting, terminated } = state ?? {};
  if (waiting?.reason && !ORDINARY.has(waiting.reason))
    return [`Container ${name} waits: ${told(waiting.reason, waiting.message)}.`];
  if (terminated && terminated.exitCode !== 0) {
    const why = told(terminated.reason, terminated.message);
    return [`Container ${name} ended with exit code ${terminated.exitCode}${why ? `: ${why}` : ""}.`];
  }
  return [];
}

const told = (reason: string | undefined, message: string | undefined): string =>
  [reason, message]
    .filter(Boolean)
    .map((text) => text!.trim().replace(/\.$/, ""))
    .join(": ");

const timeOf = ({ lastTimestamp, eventTime }: PodEvent): string => lastTimestamp ?? eventTime ?? "";
const oldestFirst = (a: PodEvent, b: PodEvent): number => (timeOf(a) < timeOf(b) ? -1 : 1);

const eventLine = ({ reason, message, count }: PodEvent): string =>
  `The cluster warned${(count ?? 1) > 1 ? ` ${count} times` : ""}: ${told(reason, message)}.`;
