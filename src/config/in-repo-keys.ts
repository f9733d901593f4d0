// For which repositories in_repo_config is on, and which clusters their own jobs may use.
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { Config } from "./config.ts";

type Used = Pick<Config, "in_repo_config">;

/** `org/repo`, or Gerrit's `https://host/repo`; of its keys the most specific one decides. */
export function inRepoConfigEnabled({ in_repo_config: { enabled = {} } }: Used, repository: string): boolean {
  return mostSpecific(enabled, repository) ?? false;
}

/** What the most specific key of a repository says: its own, its org's, or `*`. */
export function mostSpecific<T>(byKey: Readonly<Record<string, T>>, repository: string): T | undefined {
  const key = keysOf(repository).find((candidate) => Object.hasOwn(byKey, candidate));
  return key === undefined ? undefined : byKey[key];
}

/** Unlike `enabled`, every key of the repository adds to the others. */
export const inRepoClusterAllowed = (
  { in_repo_config: { allowed_clusters: allowed } }: Used,
  repository: string,
  cluster: string,
): boolean =>
  keysOf(repository).some((key) => Object.hasOwn(allowed, key) && allowed[key]!.includes(cluster));

const SCHEME = /^https?:\/\//;
const bare = (text: string): string =>
  withoutEndSlashes(text.replace(/^https:\/\//, "").replace(/^http:\/\//, ""));

/** The repository, its org and `*`; Gerrit's also without the scheme. */
function keysOf(repository: string): string[] {
  const scheme = SCHEME.exec(repository)?.[0];
  const full = scheme ? scheme + bare(repository).replace(/^\/+/, "") : repository;
  const slash = bare(full).indexOf("/");
  const org = slash === -1 ? "" : (scheme ?? "") + (scheme ? bare(full) : full).slice(0, slash);
  return [full, bare(repository), ...(org ? [org, bare(org)] : []), "*"];
}
