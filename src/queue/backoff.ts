// How long a failed item waits before the next attempt.

export interface BackOff {
  /** Milliseconds after the first failure; doubles with each further one. */
  firstMs: number;
  longestMs: number;
}

export const BACK_OFF: BackOff = { firstMs: 1_000, longestMs: 60_000 };

/** `attempts` failures have happened (at least 1). */
export const backOffMs = ({ firstMs, longestMs }: BackOff, attempts: number): number =>
  Math.min(longestMs, firstMs * 2 ** (attempts - 1));

/** Ids are remembered this long: GitHub redelivers for 3 days. */
export const REMEMBER_MS = 4 * 24 * 3_600_000;
