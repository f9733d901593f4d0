// How a worker tells the queue that another attempt is useless, or is of use only later.
import { errorText } from "../lib/error-text.ts";
import { pauseUntil } from "../lib/waiting/pause-until.ts";

/** Rejecting with an error that has `permanent: true` makes the item a dead letter at once. */
export class PermanentError extends Error {
  override name = "PermanentError";
  readonly permanent = true;
}

export const isPermanent = (error: unknown): boolean =>
  (error as { permanent?: unknown } | null)?.permanent === true;

/** Rejecting with an error that has `postponedUntil` puts the item back until then; it was no attempt. */
export class PostponedError extends Error {
  override name = "PostponedError";
  /** Milliseconds since 1970. */
  readonly postponedUntil: number;

  constructor(message: string, postponedUntil: number, options?: ErrorOptions) {
    super(message, options);
    this.postponedUntil = postponedUntil;
  }
}

/** Not done: this worker stood still for so long that another one may be at the same item by now. */
export class LostError extends Error {
  override name = "LostError";
}

/** undefined: it was an attempt. */
export function postponedMs(error: unknown, now: number): number | undefined {
  const until = (error as { postponedUntil?: unknown } | null)?.postponedUntil;
  if (typeof until !== "number" || Number.isNaN(until)) return undefined;
  return pauseUntil(until, now);
}

/** An answer that is quoted in an error may be of any length. */
const LONGEST_REASON = 4_000;

/** As a dead letter has it. */
export const reasonOf = (error: unknown): string => errorText(error).slice(0, LONGEST_REASON);
