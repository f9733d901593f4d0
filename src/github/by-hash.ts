// Reads of what has a hash: it never changes, so it is asked for once.
import { repoName } from "../model/github.ts";
import type { Answers } from "./answers.ts";
import type { GitHubRead } from "./port.ts";

type ByHash = Pick<GitHubRead, "tree" | "directory" | "file" | "blob" | "commit" | "mergeBase">;

/** A whole SHA-1 or SHA-256; anything else may be a branch. */
const isHash = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);

/** What is not there is asked for again: GitHub's replicas may not have the commit yet. */
const isThere = (answer: unknown): boolean => answer !== undefined;

/** The repository is part of each key, so that nothing is answered from another one. */
export function byHash(read: ByHash, kept: Answers): ByHash {
  const key = (kind: string, ...parts: string[]) => [kind, ...parts].join(" ");
  return {
    tree: (repo, ref) =>
      isHash(ref)
        ? kept.get(key("tree", repoName(repo), ref), () => read.tree(repo, ref))
        : read.tree(repo, ref),
    directory: (repo, sha, depth = "flat") =>
      kept.get(key("directory", repoName(repo), sha, depth), () => read.directory(repo, sha, depth)),
    file: (repo, path, ref) =>
      isHash(ref)
        ? kept.get(key("file", repoName(repo), ref, path), () => read.file(repo, path, ref), isThere)
        : read.file(repo, path, ref),
    blob: (repo, sha) => kept.get(key("blob", repoName(repo), sha), () => read.blob(repo, sha)),
    commit: (repo, sha) => kept.get(key("commit", repoName(repo), sha), () => read.commit(repo, sha)),
    mergeBase: (repo, base, head) =>
      isHash(base) && isHash(head)
        ? kept.get(
            key("merge-base", repoName(repo), base, head),
            () => read.mergeBase(repo, base, head),
            isThere,
          )
        : read.mergeBase(repo, base, head),
  };
}
