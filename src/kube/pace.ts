// How fast requests to one API server may follow each other: so many a second, after a quiet time more at once.
import type { Clock } from "../lib/clock.ts";

export interface Rate {
  /** Requests a second. */
  qps: number;
  /** Requests at once after a quiet time. */
  burst: number;
  /** Milliseconds of a clock that never jumps. */
  monotonic: () => number;
}

/** Resolves when the next request may go out, in the order of asking. */
export function paced(
  { qps, burst, monotonic }: Rate,
  clock: Pick<Clock, "sleep">,
): (signal?: AbortSignal) => Promise<void> {
  const interval = 1000 / qps;
  /** When the request after all that were let through would go out, were there no burst. */
  let next = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const now = monotonic();
    next = Math.max(next, now - burst * interval) + interval;
    const wait = next - now;
    if (wait > 0) await clock.sleep(wait, signal);
  };
}
