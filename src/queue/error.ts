// How a worker tells the queue that another attempt is useless.

/** Rejecting with an error that has `permanent: true` makes the item a dead letter at once. */
export class PermanentError extends Error {
  override name = "PermanentError";
  readonly permanent = true;
}

export const isPermanent = (error: unknown): boolean =>
  (error as { permanent?: unknown } | null)?.permanent === true;
