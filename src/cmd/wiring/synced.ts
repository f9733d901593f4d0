// Waits until a local copy holds its first list.
import type { ObjectStore } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import type { KubeObject } from "../../model/kube-object.ts";

const LOOK_EVERY_MS = 25;

/** Also resolves when `signal` aborts. */
export async function synced(
  store: ObjectStore<KubeObject>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!store.synced() && !signal.aborted) await clock.sleep(LOOK_EVERY_MS, signal);
}
