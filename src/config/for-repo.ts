// Settings by `org/repo`, `org` or `*`.
import { type RepoRef, repoName } from "../model/github.ts";

/** The most specific of several settings. */
export const forRepo = <T>(settings: Readonly<Record<string, T>> | undefined, repo: RepoRef): T | undefined =>
  settings?.[repoName(repo)] ?? settings?.[repo.org] ?? settings?.["*"];
