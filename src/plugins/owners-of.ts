// The owners of changed files, read as the configuration of the repository says.
import type { Config } from "../config/config.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import { namesRepo, type RepoRef, repoName } from "../model/github.ts";
import { loadRepoOwners, type OwnersSettings } from "../owners/load.ts";
import type { Names, RepoOwners } from "../owners/repo-owners.ts";
import type { Context } from "./plugin.ts";

/** Directories that never count, unless `ignore_preconfigured_defaults`. */
const PRECONFIGURED = ["\\.git$", "_output$", "vendor/.*/.*"];

/** Owners of `paths` on a branch, as its head has them. */
export async function ownersOf(
  repo: RepoRef,
  branch: string,
  paths: readonly string[],
  { config, log, plugins, read }: Pick<Context, "config" | "log" | "plugins" | "read">,
): Promise<RepoOwners> {
  const sha = await read.branchSHA(repo, branch);
  if (!sha) throw new Error(`${repoName(repo)} has no branch ${branch} whose OWNERS files could be read`);
  const warn = (problem: string) => log.warn({ ...repo, branch }, problem);
  return loadRepoOwners(read, repo, sha, paths, ownersSettings(repo, config, plugins), warn);
}

/** Approvers of the OWNERS file at the root of a branch. */
export async function topLevelApprovers(
  repo: RepoRef,
  branch: string,
  context: Pick<Context, "config" | "log" | "plugins" | "read">,
): Promise<Names> {
  return (await ownersOf(repo, branch, [""], context)).topLevelApprovers();
}

export function ownersSettings(
  repo: RepoRef,
  { owners_dir_denylist: denylist }: Pick<Config, "owners_dir_denylist">,
  { owners }: Pick<PluginsConfig, "owners">,
): OwnersSettings {
  const name = repoName(repo);
  const filenames = owners.filenames?.[name] ?? owners.filenames?.[repo.org];
  return {
    filename: filenames ? (filenames.owners ?? "") : "OWNERS",
    aliasesFilename: filenames ? (filenames.owners_aliases ?? "") : "OWNERS_ALIASES",
    markdown: namesRepo(owners.mdyamlrepos, repo),
    ignoredDirectories: [
      ...(denylist?.default ?? []),
      ...(denylist?.repos?.[repo.org] ?? []),
      ...(denylist?.repos?.[name] ?? []),
      ...(denylist?.ignore_preconfigured_defaults ? [] : PRECONFIGURED),
    ],
    skipCollaborators: skipsCollaborators(repo, owners),
  };
}

/** Whether OWNERS files alone decide there, without regard to who is a collaborator. */
export const skipsCollaborators = (repo: RepoRef, owners: PluginsConfig["owners"]): boolean =>
  namesRepo(owners.skip_collaborators, repo);
