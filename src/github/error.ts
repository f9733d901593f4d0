// How a request to GitHub failed.

export class GitHubError extends Error {
  override name = "GitHubError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** What GitHub has against single fields of the request, in its own words. */
  readonly details: readonly string[];
  /** It was not even asked, since the budget is used up until then: milliseconds since 1970. */
  readonly budgetUntil: number | undefined;

  constructor(
    status: number,
    message: string,
    options?: ErrorOptions & { details?: readonly string[]; budgetUntil?: number },
  ) {
    super(message, options);
    this.status = status;
    this.details = options?.details ?? [];
    this.budgetUntil = options?.budgetUntil;
  }
}

/** When all of these failed for nothing but GitHub's budget: when there is some again. Milliseconds since 1970. */
export function budgetUntil(errors: readonly unknown[]): number | undefined {
  const times = errors.map(untilOf);
  return times.every((time) => time !== undefined) && times.length > 0 ? Math.min(...times) : undefined;
}

const untilOf = (error: unknown): number | undefined =>
  error instanceof AggregateError ? budgetUntil(error.errors) : (error as GitHubError | null)?.budgetUntil;

/** GitHub has answered, and would answer the same if it were asked again. */
export function isRefusal(error: unknown): error is GitHubError {
  if (!(error instanceof GitHubError)) return false;
  const { message, status } = error;
  return [404, 410, 422, 451].includes(status) || (status === 403 && !/rate limit/i.test(message));
}

/**
 * Asked again, the other side may answer otherwise: it is down, slow or busy, or the token has just run out. True of every
 * error with an HTTP status, whoever gave it. What a 404 and a 409 mean depends on what was asked.
 */
export function mayPass(error: unknown): boolean {
  const { message, status } = error as GitHubError;
  if (typeof status !== "number") return false;
  if (status === 403) return /rate limit/i.test(message);
  return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

export const isNotFound = (error: unknown): boolean => error instanceof GitHubError && error.status === 404;

/** undefined for what is not there. */
export async function orNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
