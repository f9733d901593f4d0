// How a request to GitHub failed.

export class GitHubError extends Error {
  override name = "GitHubError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof GitHubError && error.status === 404;
