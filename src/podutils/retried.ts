// Tries again what object storage did not do: often enough to outlast a storm of errors, seldom enough not to hold up a pod for hours.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { isPassing } from "../storage/error.ts";

/** As upstream, for what will most likely be refused again: no such bucket, no permission. */
const TRIES = 4;
/** For what passes: no answer, too many requests, errors of the server. */
const PATIENT_TRIES = 8;
const LONGEST_PAUSE_MS = 16_000;
/** When nothing at all has worked for so long, storage is down. */
const DOWN_AFTER_MS = 120_000;

export interface Retries {
  clock: Clock;
  log: Logger;
  /** When something last worked, or the first try; shared by what goes on side by side. */
  lastSuccess: number;
}

export const retries = (clock: Clock, log: Logger): Retries => ({
  clock,
  log,
  lastSuccess: clock.now().getTime(),
});

/** Rejects with the last error. */
export async function retried<T>(dest: string, retries: Retries, work: () => Promise<T>): Promise<T> {
  const { clock } = retries;
  const log = retries.log.child({ dest });
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await work();
      retries.lastSuccess = clock.now().getTime();
      return result;
    } catch (error) {
      const isDown = clock.now().getTime() - retries.lastSuccess > DOWN_AFTER_MS;
      if (attempt >= (isPassing(error) && !isDown ? PATIENT_TRIES : TRIES)) {
        log.error({ error: String(error) }, "Failed upload");
        throw error;
      }
      log.warn({ error: String(error), attempt }, "Upload failed, retrying");
      await clock.sleep(Math.min(attempt * attempt * 1000, LONGEST_PAUSE_MS));
    }
  }
}
