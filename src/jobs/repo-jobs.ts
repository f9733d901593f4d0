// Where the jobs of a repository come from: the central configuration, and what the repository adds itself.
import type { Config } from "../config/config.ts";
import { inRepoConfigEnabled } from "../config/in-repo-keys.ts";
import type { Postsubmit, Presubmit } from "../config/job.ts";
import { type RepoRef, repoName } from "../model/github.ts";

/** The commits that a repository's own configuration is read from: the heads, in order, merged onto the base. */
export interface At {
  baseSHA: string;
  /** None for a push: then it is what the pushed commit itself has. */
  heads: readonly string[];
}

/** Rejects with InRepoConfigError when the repository's own configuration is of no use. */
export interface RepoJobs {
  /** Central ones first. */
  presubmits(config: Config, repo: RepoRef, at: At): Promise<readonly Presubmit[]>;
  postsubmits(config: Config, repo: RepoRef, at: At): Promise<readonly Postsubmit[]>;
}

/** What the repository says of its own jobs can not be read, merged or used. The message says where and why. */
export class InRepoConfigError extends Error {
  override name = "InRepoConfigError";
}

export const centralPresubmits = ({ presubmits }: Pick<Config, "presubmits">, repo: RepoRef): Presubmit[] =>
  presubmits[repoName(repo)] ?? [];

export const centralPostsubmits = (
  { postsubmits }: Pick<Config, "postsubmits">,
  repo: RepoRef,
): Postsubmit[] => postsubmits[repoName(repo)] ?? [];

/** Whether the jobs of the repository depend on the commit at all. */
export const hasOwnJobs = (config: Partial<Pick<Config, "in_repo_config">>, repo: RepoRef): boolean =>
  inRepoConfigEnabled({ in_repo_config: config.in_repo_config ?? { allowed_clusters: {} } }, repoName(repo));

/** Reads no repository: for where there is nothing to read them with. */
export const centralJobs: RepoJobs = {
  presubmits: async (config, repo) => centralPresubmits(config, repo),
  postsubmits: async (config, repo) => centralPostsubmits(config, repo),
};
