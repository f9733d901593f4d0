// How long what failed waits before the next attempt.

export interface BackOff {
  /** Milliseconds after the first failure; doubles with each further one. */
  firstMs: number;
  longestMs: number;
}

/** `attempts` failures have happened (at least 1). */
export const backOffMs = ({ firstMs, longestMs }: BackOff, attempts: number): number =>
  Math.min(longestMs, firstMs * 2 ** (attempts - 1));

/** Between half of it and all of it, so that many do not come back at the same moment. `random`: 0 ≤ x < 1. */
export const jittered = (ms: number, random: () => number): number => ms * (0.5 + random() / 2);
