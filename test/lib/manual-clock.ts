// A clock that moves only when a test says so.
import type { Clock } from "../../src/lib/clock.ts";

export interface ManualClock extends Clock {
  /** Moves on by `ms`, waking sleepers in order of their time, and lets what they start settle. */
  advance(ms: number): Promise<void>;
}

export function manualClock(start = "2026-01-02T03:04:05Z"): ManualClock {
  let now = Date.parse(start);
  const sleepers = new Set<{ due: number; wake: () => void }>();
  return {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          due: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        if (signal?.aborted) sleeper.wake();
        signal?.addEventListener("abort", sleeper.wake, { once: true });
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...sleepers].sort((a, b) => a.due - b.due);
        if (!next || next.due > end) break;
        now = Math.max(now, next.due);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}

/** Lets everything that waits for nothing but promises go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
