// How a git command failed.

export class GitError extends Error {
  override name = "GitError";
}
