// A graceful stop has an end: what takes longer than a pod is given is left to whoever starts next.
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { aborted } from "../../lib/waiting/aborted.ts";

/** With what follows (the last lines of the record, of traces) less than the 25 s that an orchestrator surely waits. */
const LONGEST_STOP_MS = 18_000;

/**
 * Waits for `done`, but after `signal` not for long: tide may be amid a batch, a request may wait for GitHub's limit.
 * A process may be killed at any moment without loss, so it may also end by itself.
 */
export async function stopsInTime(
  done: Promise<unknown>,
  signal: AbortSignal,
  { clock, log }: { clock: Pick<Clock, "sleep">; log: Logger },
): Promise<void> {
  const over = new AbortController();
  const late = aborted(AbortSignal.any([signal, over.signal]))
    .then(() => clock.sleep(LONGEST_STOP_MS, over.signal))
    .then(() => "late" as const);
  const end = await Promise.race([done, late]).finally(() => over.abort());
  if (end === "late")
    log.warn({}, "Something is still under way: it is left as it is, and gone on with after the next start.");
}
