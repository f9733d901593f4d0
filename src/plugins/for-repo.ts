// Lists in plugins.yaml whose entries each name their repositories: which one applies, and which are named twice.
import type { Judge } from "../config/plugins-config.ts";
import { list, string } from "../lib/schema.ts";
import { type RepoRef, repoName } from "../model/github.ts";

/** The first entry that names the repository, else the first that names its org. */
export function forRepo<T extends { repos?: string[] }>(
  entries: readonly T[] | undefined,
  repo: RepoRef,
): T | undefined {
  const naming = (name: string) => entries?.find(({ repos }) => repos?.includes(name));
  return naming(repoName(repo)) ?? naming(repo.org);
}

/** The field of such an entry. */
export const reposField = list(string(), "What this applies to: org/repo or just org.");

/** No repository or org may be in two entries, where the first would win unseen. */
export function checkNamedOnce(entries: readonly { repos?: string[] }[], plugin: string, judge: Judge): void {
  const named = new Set<string>();
  for (const [i, { repos = [] }] of entries.entries()) {
    for (const [j, name] of repos.entries()) {
      const kind = name.includes("/") ? "repo" : "org";
      if (named.has(name))
        judge.error(
          `The ${kind} ${JSON.stringify(name)} is duplicated in the '${plugin}' plugin configuration.`,
          [i, "repos", j],
        );
      named.add(name);
    }
  }
}
