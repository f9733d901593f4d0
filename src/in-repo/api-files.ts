// Files of a merge read through GitHub's API: trees and blobs, each asked for once. A merge of contents is left to git.
import type { Merge, MergedFiles, MergedTree, TreeFile } from "../git/port.ts";
import type { GitHubRead } from "../github/port.ts";
import { remembered } from "../lib/kept/remembered.ts";
import { type RepoRef, repoName, type TreeEntry } from "../model/github.ts";
import { blobTexts } from "./blob-texts.ts";
import { agree, type Entries, threeWay } from "./three-way.ts";

type Read = Pick<GitHubRead, "directory" | "blob" | "graphql" | "mergeBase">;

/** What has a SHA never changes, so nothing here goes out of date. */
const MOST_ROOTS = 2_000;
const MOST_DIRECTORIES = 500;
/** Of all of them together. */
const MOST_FILES = 200_000;

const DIRECTORY = "040000";
const KINDS: Readonly<Record<string, TreeFile["kind"]>> = { "120000": "link", "160000": "submodule" };

/** All that an entry is, in one text: equal texts are equal entries. */
const textOf = ({ mode, sha, size }: TreeEntry): string =>
  size === undefined ? `${mode} ${sha}` : `${mode} ${sha} ${size}`;

const fileOf = (path: string, { mode, sha, size }: Omit<TreeEntry, "path">): TreeFile => ({
  path,
  sha,
  kind: KINDS[mode] ?? "file",
  ...(size !== undefined && { size }),
});

export function apiFiles(read: Read): MergedFiles {
  const roots = remembered<Record<string, TreeEntry>>(MOST_ROOTS);
  const directories = remembered<TreeEntry[]>(MOST_DIRECTORIES, {
    weight: { of: (entries) => entries.length, most: MOST_FILES },
  });
  const commonCommits = remembered<string | undefined>(MOST_ROOTS);

  const rootOf = async (repo: RepoRef, sha: string, names: readonly string[]): Promise<Entries> => {
    const key = [repoName(repo), sha, ...names].join(" ");
    const found = await roots.get(key, async () => {
      const all = await read.directory(repo, sha);
      return Object.fromEntries(
        all.filter(({ path }) => names.includes(path)).map((entry) => [entry.path, entry]),
      );
    });
    return Object.fromEntries(Object.entries(found).map(([name, entry]) => [name, textOf(entry)]));
  };

  const mergedRoot = async (repo: RepoRef, { baseSHA, heads }: Merge, names: readonly string[]) => {
    const [ours = {}, ...theirs] = await Promise.all(
      [baseSHA, ...heads].map((sha) => rootOf(repo, sha, names)),
    );
    if (theirs.every((entries) => agree(ours, entries, names))) return ours;
    const [head, another] = heads;
    // Heads may build on each other, so that the commit in common is not one of the base's.
    if (!head || another) return undefined;
    const sha = await commonCommits.get([repoName(repo), baseSHA, head].join(" "), () =>
      read.mergeBase(repo, baseSHA, head),
    );
    if (!sha) return undefined;
    return threeWay({ common: await rootOf(repo, sha, names), ours, theirs: theirs[0]! }, names);
  };

  const below = async (repo: RepoRef, name: string, entry: string): Promise<TreeFile[]> => {
    const [mode = "", sha = "", size] = entry.split(" ");
    if (mode !== DIRECTORY) return [fileOf(name, { mode, sha, ...(size && { size: Number(size) }) })];
    const key = `${repoName(repo)} ${sha}`;
    const found = await directories.get(key, () => read.directory(repo, sha, "whole"));
    return found.filter((one) => one.mode !== DIRECTORY).map((one) => fileOf(`${name}/${one.path}`, one));
  };

  return {
    async list(repo, merge, names): Promise<MergedTree | undefined> {
      const root = await mergedRoot(repo, merge, names);
      if (!root) return undefined;
      const files = await Promise.all(Object.entries(root).map(([name, entry]) => below(repo, name, entry)));
      return { files: files.flat() };
    },
    texts: (repo, shas) => blobTexts(read, repo, shas),
  };
}
