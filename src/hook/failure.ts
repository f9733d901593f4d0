// Which failures of a plugin are worth another attempt, and which are none of its own.
import { GitError } from "../git/error.ts";
import { type GitHubError, mayPass } from "../github/error.ts";
import { LostError } from "../queue/error.ts";

/** Right after a webhook GitHub may not yet find what it just told us of; later a 404 is an answer. */
const NOT_FOUND_ATTEMPTS = 3;

/** git does not say whether it was the line or something else. */
const GIT_ATTEMPTS = 5;

/** Failures of the other side, and of the line to it, pass; refusals and bugs stay. */
export function isTransient(error: unknown, attempt: number): boolean {
  if (error instanceof AggregateError) return error.errors.some((inner) => isTransient(inner, attempt));
  if (error instanceof LostError) return true;
  if (error instanceof GitError) return attempt < GIT_ATTEMPTS;
  const { status } = error as GitHubError;
  if (status === 404) return attempt < NOT_FOUND_ATTEMPTS;
  // Somebody else has changed it meanwhile: the plugin looks anew.
  return status === 409 || mayPass(error);
}
