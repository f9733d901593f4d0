// How long what failed waits before the next attempt.

export interface BackOff {
  /** Milliseconds after the first failure; doubles with each further one. */
  firstMs: number;
  longestMs: number;
}

/** `attempts` failures have happened (at least 1). */
export const backOffMs = ({ firstMs, longestMs }: BackOff, attempts: number): number =>
  Math.min(longestMs, firstMs * 2 ** (attempts - 1));
