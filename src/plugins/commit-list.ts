// Commits as a list in a comment: short SHA with a link, and the first line of the message.
import { type Commit, type RepoRef, repoName } from "../model/github.ts";

const SHORT = 7;

export const commitList = (repo: RepoRef, commits: readonly Commit[]): string =>
  commits
    .map(({ message, sha }) => {
      const url = `https://github.com/${repoName(repo)}/commits/${sha}`;
      return `- [${sha.slice(0, SHORT)}](${url}) ${message.split("\n", 1)[0]}`;
    })
    .join("\n");
