// How a guest fails as a whole, apart from what its handlers throw.

/**
 * absent: it cannot be loaded, or waits to be started again; ended: its process went while it had this delivery;
 * slow: it took too long; hopeless: one of the last two, and not for the first time with this delivery.
 */
export type GuestFailure = "absent" | "ended" | "slow" | "hopeless";

export class GuestError extends Error {
  override name = "GuestError";
  readonly failure: GuestFailure;

  constructor(failure: GuestFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** What a handler threw, as its process told it. */
export class HandlerError extends Error {
  override name = "HandlerError";
  /** HTTP status, when GitHub answered so. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined, stack: string | undefined) {
    super(message);
    this.status = status;
    if (stack !== undefined) this.stack = stack;
  }
}
