// git as Cutwater uses it itself: which heads merge cleanly onto a base (tide), what files lie there then (in-repo config),
// and commits on another branch (cherrypicker).
import type { MergeMethod, RepoRef } from "../model/github.ts";

export interface Git {
  /**
   * Tries to merge the heads onto `baseSHA`, in order, leaving out each that conflicts with what came before.
   * Returns the numbers that merged, in order; stops at `limit` of them (0: no limit).
   */
  mergeable(
    repo: RepoRef,
    baseSHA: string,
    heads: { number: number; sha: string; method: MergeMethod }[],
    limit: number,
  ): Promise<number[]>;
}

/** The base with every head merged onto it, in order. */
export interface Merge {
  baseSHA: string;
  /** SHAs; none is the base itself. */
  heads: readonly string[];
  method: MergeMethod;
}

export interface TreeFile {
  path: string;
  /** Of its content: the target's path when it is a link, a commit of another repository when it is a submodule. */
  sha: string;
  kind: "file" | "link" | "submodule";
  /** Bytes, where that is known without reading it. */
  size?: number;
}

/** `conflict` is the first head that does not merge. */
export type MergedTree = { files: TreeFile[] } | { conflict: string };

/** Reads parts of a merge that nobody has made yet. */
export interface MergedFiles {
  /**
   * What lies at or below the named entries of the root, in any order. undefined: this way of looking can not tell, and
   * another has to be asked. Rejects when a commit is not there.
   */
  list(repo: RepoRef, merge: Merge, entries: readonly string[]): Promise<MergedTree | undefined>;
  /** Contents by SHA, of files that `list` has told. */
  texts(repo: RepoRef, shas: readonly string[]): Promise<Map<string, string>>;
}

export interface Picks {
  /** SHA of the commit that they are picked onto. */
  onto: string;
  /** In this order, none of them a merge. Authors, times and messages stay. */
  commits: readonly string[];
  committer: { name: string; email: string; date: Date };
}

/** Makes commits and pushes them. */
export interface CherryPicks {
  /** What is there already is left out. `conflict` says in words where it does not fit. */
  cherryPick(repo: RepoRef, picks: Picks): Promise<{ sha: string } | { conflict: string }>;
  /** Sets a branch, of the repository or of a fork, to a commit that `cherryPick` has made, whatever it was. */
  push(repo: RepoRef, sha: string, to: { repo: RepoRef; branch: string }): Promise<void>;
}

/** Texts of those of the files that are there then, by path; undefined when the heads do not merge. */
export type MergedTexts = (
  repo: RepoRef,
  merge: Merge,
  paths: readonly string[],
) => Promise<ReadonlyMap<string, string> | undefined>;
