// Tells once that GitHub does not answer, now and then that it still does not, and once that it does again.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";

const REMIND_MS = 30_000;

export interface Trouble {
  /** A request failed and is repeated after `pauseMs`. */
  met(fields: { path: string; attempt: number; pauseMs: number; error: string }): void;
  /** A request was answered. */
  over(): void;
}

export function trouble(clock: Pick<Clock, "now">, log: Logger): Trouble {
  let since: number | undefined;
  let told = 0;
  return {
    met(fields) {
      const now = clock.now().getTime();
      since ??= now;
      if (now - told < REMIND_MS && told >= since) return;
      told = now;
      log.warn({ ...fields, forMs: now - since }, "GitHub cannot be reached or fails; trying again.");
    },
    over() {
      if (since === undefined) return;
      log.info({ forMs: clock.now().getTime() - since }, "GitHub answers again.");
      since = undefined;
    },
  };
}
