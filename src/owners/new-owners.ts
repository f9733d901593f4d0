// Who becomes an owner through a change of owners files, without having been one anywhere in the repository.
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import type { RepoRef } from "../model/github.ts";
import { collaboratorsOf, type OwnersRead, type OwnersSettings, readAliases } from "./load.ts";
import { type Names, repoOwners } from "./repo-owners.ts";

/** Files read side by side. */
const AT_ONCE = 10;

/** Of a change: what it leads from and to, and the owners files that it touches. */
export interface OwnersChange {
  base: string;
  head: string;
  written: readonly string[];
  removed: readonly string[];
}

/** Sorted. What the change does not touch is read as the base has it: its own copy may be old. */
export async function newOwners(
  read: OwnersRead,
  repo: RepoRef,
  { base, head, removed, written }: OwnersChange,
  settings: OwnersSettings,
  warn: (problem: string) => void,
): Promise<string[]> {
  const counts = (path: string) => isOwnersFile(path, settings);
  const text = async (path: string, sha: string) => [path, (await read.file(repo, path, sha)) ?? ""] as const;
  const [tree, collaborators] = await Promise.all([
    read.tree(repo, base),
    settings.skipCollaborators ? undefined : collaboratorsOf(read, repo, warn),
  ]);
  const before = new Map(await sideBySide(tree.filter(counts), AT_ONCE, (path) => text(path, base)));
  const after = new Map(before);
  for (const path of removed) after.delete(path);
  for (const [path, changed] of await sideBySide(written, AT_ONCE, (path) => text(path, head)))
    after.set(path, changed);
  const everyone = (files: ReadonlyMap<string, string>): Names => {
    const aliases = readAliases(files.get(settings.aliasesFilename), settings.aliasesFilename, warn);
    const { filename, ignoredDirectories } = settings;
    const owners = [...files].filter(([path]) => path !== settings.aliasesFilename);
    return repoOwners({
      filename,
      files: new Map(owners),
      aliases,
      ignoredDirectories,
      collaborators,
    }).everyone();
  };
  const known = everyone(before);
  return [...everyone(after)].filter((login) => !known.has(login)).sort();
}

/** Whether a file may say who owns what. */
export function isOwnersFile(path: string, { aliasesFilename, filename, markdown }: OwnersSettings): boolean {
  if (path === aliasesFilename || (markdown && path.endsWith(".md"))) return true;
  return path.slice(path.lastIndexOf("/") + 1) === filename;
}
