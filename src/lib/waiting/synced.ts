// Waits until a local copy holds its first list.
import type { Clock } from "../clock.ts";

const LOOK_EVERY_MS = 25;

/** Also resolves when `signal` aborts. */
export async function synced(
  copy: { synced(): boolean },
  clock: Pick<Clock, "sleep">,
  signal: AbortSignal,
): Promise<void> {
  while (!copy.synced() && !signal.aborted) await clock.sleep(LOOK_EVERY_MS, signal);
}
