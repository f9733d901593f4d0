// Where a repository is on the web, which is also where its jobs clone it from.
import type { Config } from "../config/config.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import { type RepoRef, repoName } from "../model/github.ts";

/**
 * As the configuration says, never as a webhook does: whoever may sign for one repository could otherwise have a job
 * clone another, or hand the clone token to a host of theirs.
 */
export const repoLink = (config: Pick<Config, "github">, repo: RepoRef): string =>
  `${webOf(config)}/${repoName(repo)}`;

/** The page of a person, or of the App that a `[bot]` belongs to. */
export function accountLink(config: Pick<Config, "github">, login: string): string {
  const app = login.endsWith("[bot]") && login.slice(0, -"[bot]".length);
  return `${webOf(config)}/${app ? `apps/${app}` : login}`;
}

/** Of GitHub, without a slash at the end. */
export const webOf = ({ github }: Pick<Config, "github">): string => withoutEndSlashes(github.link_url);
