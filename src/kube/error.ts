// How a request to a Kubernetes API server failed.

export class KubeError extends Error {
  override name = "KubeError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The Status object's reason, e.g. AlreadyExists, Conflict, Expired. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.reason = reason;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.status === 404;
export const isConflict = (error: unknown): boolean => error instanceof KubeError && error.status === 409;
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof KubeError && error.reason === "AlreadyExists";
export const isGone = (error: unknown): boolean => error instanceof KubeError && error.status === 410;

/** The server understood and says no: trying the same again is useless. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof KubeError && [400, 403, 404, 405, 406, 413, 415, 422].includes(error.status);

const LOOKS = 5;

/** Somebody else may write an object, or make it, between our look and our write: `act` looks again then, and again. */
export async function lookingAgain<T>(act: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look++) {
    try {
      return await act();
    } catch (error) {
      if (!isConflict(error) || look >= LOOKS) throw error;
    }
  }
}
