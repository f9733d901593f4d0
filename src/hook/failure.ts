// Which failures of a plugin are worth another attempt.
import { GitError } from "../git/error.ts";
import type { GitHubError } from "../github/error.ts";

/** Right after a webhook GitHub may not yet find what it just told us of; later a 404 is an answer. */
const NOT_FOUND_ATTEMPTS = 3;

/** git does not say whether it was the line or something else. */
const GIT_ATTEMPTS = 5;

/** Failures of the other side, and of the line to it, pass; refusals and bugs stay. */
export function isTransient(error: unknown, attempt: number): boolean {
  if (error instanceof AggregateError) return error.errors.some((inner) => isTransient(inner, attempt));
  if (error instanceof GitError) return attempt < GIT_ATTEMPTS;
  const { status, message } = error as GitHubError;
  if (typeof status !== "number") return false;
  if (status === 404) return attempt < NOT_FOUND_ATTEMPTS;
  if (status === 403) return /rate limit/i.test(message);
  return (
    status === 0 || status === 401 || status === 408 || status === 409 || status === 429 || status >= 500
  );
}
