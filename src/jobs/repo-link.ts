// Where a repository is on the web, which is also where its jobs clone it from.
import type { Config } from "../config/config.ts";
import { type RepoRef, repoName } from "../model/github.ts";

/**
 * As the configuration says, never as a webhook does: whoever may sign for one repository could otherwise have a job
 * clone another, or hand the clone token to a host of theirs.
 */
export const repoLink = ({ github }: Pick<Config, "github">, repo: RepoRef): string =>
  `${github.link_url.replace(/\/+$/, "")}/${repoName(repo)}`;
