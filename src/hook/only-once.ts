// Skips what this process has just done: after the queue has lost its memory, GitHub is asked for all that may be lost.
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { QueueItem } from "../queue/port.ts";

const REMEMBERED = 20_000;

type Handle = (item: QueueItem, attempt: number) => Promise<void>;

/** Without it only effects that are idempotent would keep a delivery from being handled twice. */
export function onlyOnce(handle: Handle): Handle {
  const done = boundedMap<true>(REMEMBERED);
  return async (item, attempt) => {
    if (done.get(item.id)) return;
    await handle(item, attempt);
    done.set(item.id, true);
  };
}
