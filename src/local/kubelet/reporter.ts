// Tells the API server what happens to a pod: its status, one write at a time, and Events for `kubectl describe`.
import type { Kube } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Kind, KubeObject } from "../../model/kube-object.ts";
import { POD, type Pod, type PodStatus } from "../../model/pod.ts";

interface KubeEvent extends KubeObject {
  involvedObject: { apiVersion: string; kind: string; namespace?: string; name: string; uid?: string };
  reason: string;
  message: string;
  type: "Normal" | "Warning";
  source: { component: string; host?: string };
  firstTimestamp: string;
  lastTimestamp: string;
  count: number;
}
const EVENT: Kind<KubeEvent> = {
  group: "",
  version: "v1",
  plural: "events",
  kind: "Event",
  namespaced: true,
};

export interface ReporterOptions {
  kube: Kube;
  nodeName: string;
  clock: Clock;
  log: Logger;
}

let events = 0;

/** Best effort: a pod runs whether or not its events are heard. */
export async function postEvent(
  { kube, nodeName, clock, log }: ReporterOptions,
  pod: Pod,
  event: { type?: "Normal" | "Warning"; reason: string; message: string; component?: string },
): Promise<void> {
  const now = clock.now();
  const { name, namespace = "", uid } = pod.metadata;
  const suffix = `${now.getTime().toString(16)}${(++events).toString(16).padStart(4, "0")}`;
  try {
    await kube.write.create(EVENT, {
      metadata: { name: `${name}.${suffix}`, namespace },
      involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, uid },
      reason: event.reason,
      message: event.message,
      type: event.type ?? "Normal",
      source: { component: event.component ?? "kubelet", host: nodeName },
      firstTimestamp: now.toISOString(),
      lastTimestamp: now.toISOString(),
      count: 1,
    });
  } catch (error) {
    log.debug({ pod: name, reason: event.reason, error: String(error) }, "Event not recorded");
  }
}

export interface StatusWriter {
  /** Makes this the pod's status; when several wait, only the last is written. */
  set(status: PodStatus): void;
  /** Resolves when the last status is written. */
  settled(): Promise<void>;
}

const RETRY_MS = 1_000;

export function statusWriter(
  { kube, clock, log }: ReporterOptions,
  pod: Pod,
  signal: AbortSignal,
): StatusWriter {
  const { name, namespace = "" } = pod.metadata;
  let next: PodStatus | undefined;
  let writing: Promise<void> | undefined;
  const writeAll = async (): Promise<void> => {
    while (next && !signal.aborted) {
      const status = next;
      next = undefined;
      try {
        // The precondition on the uid keeps it from a new pod of the same name.
        const patch = {
          metadata: { uid: pod.metadata.uid },
          status: { reason: null, message: null, ...status },
        };
        await kube.write.patch(POD, namespace, name, patch, { subresource: "status" });
      } catch (error) {
        const code = (error as { status?: number }).status ?? 0;
        // Gone, or another pod by now.
        if (code === 404 || code === 409 || code === 422)
          return log.warn({ pod: name, error: String(error) }, "Status not written");
        log.warn({ pod: name, error: String(error) }, "Status not written, retrying");
        next ??= status;
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };
  const start = (): void => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (next && !signal.aborted) start();
    });
  };
  return {
    set(status) {
      next = status;
      start();
    },
    async settled() {
      while (writing) await writing;
    },
  };
}
