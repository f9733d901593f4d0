// Now and then: forgets old revisions, and Events that are older than an hour.
import { type Engine, keyOf, readRow, removeForGood } from "./engine.ts";

const SWEEP_MS = 30_000;
const EVENT_LIFETIME_MS = 60 * 60 * 1000;

/** Runs until `stop` aborts; never rejects. */
export async function sweep(engine: Engine, keepRevisions: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    sweepOnce(engine, keepRevisions);
    await engine.clock.sleep(SWEEP_MS, stop);
  }
}

export function sweepOnce(engine: Engine, keepRevisions: number): void {
  try {
    removeOldEvents(engine);
    engine.store.compact(keepRevisions);
  } catch (error) {
    engine.log.error({ error }, "The API server could not clear away old state.");
  }
}

function removeOldEvents(engine: Engine): void {
  const events = engine.registry.find("", "v1", "events");
  if (!events) return;
  const oldest = engine.clock.now().getTime() - EVENT_LIFETIME_MS;
  for (const row of [...engine.store.list(events.stored, "")]) {
    const written = engine.store.get(keyOf(events, row.namespace, row.name));
    if (!written) continue;
    const event = readRow(events, written);
    const seen = event["lastTimestamp"] ?? event["eventTime"] ?? event.metadata.creationTimestamp;
    if (Date.parse(String(seen)) < oldest) removeForGood(engine, events, event);
  }
}
