// Which entry of a plugin's list in plugins.yaml applies to a repository.
import { type RepoRef, repoName } from "../model/github.ts";

/** The first entry that names the repository, else the first that names its org. */
export function forRepo<T extends { repos?: string[] }>(
  entries: readonly T[] | undefined,
  repo: RepoRef,
): T | undefined {
  const naming = (name: string) => entries?.find(({ repos }) => repos?.includes(name));
  return naming(repoName(repo)) ?? naming(repo.org);
}
