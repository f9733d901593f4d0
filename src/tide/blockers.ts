// Open issues with the blocker label, which stop merges into a repository or, by `branch:NAME` in the title, a branch.
import { type RepoRef, repoName } from "../model/github.ts";
import type { TideBlocker } from "../model/tide-snapshot.ts";
import type { IssueNode } from "./search.ts";

/** By `org/repo` and by `org/repo:branch`. */
export type Blockers = ReadonlyMap<string, readonly TideBlocker[]>;

/** JavaScript's \b and \w are ASCII here as Go's are. Nobody puts so much between the colon and the name. */
const BRANCH = /\bbranch:[^\w-]{0,20}([\w\-./]{1,255})\b/gim;

export function blockersOf(issues: readonly IssueNode[]): Blockers {
  const found = new Map<string, TideBlocker[]>();
  for (const { number, title, url, repository } of issues) {
    const repo = repoName({ org: repository.owner.login, repo: repository.name });
    const branches = [...title.matchAll(BRANCH)].map((match) => match[1]);
    const blocker = { number, title: title.replaceAll(BRANCH, ""), url };
    for (const key of branches.length > 0 ? branches.map((branch) => `${repo}:${branch}`) : [repo]) {
      found.set(key, [...(found.get(key) ?? []), blocker]);
    }
  }
  return found;
}

/** Lowest number first. */
export const blockersFor = (blockers: Blockers, repo: RepoRef, branch: string): TideBlocker[] =>
  [...(blockers.get(repoName(repo)) ?? []), ...(blockers.get(`${repoName(repo)}:${branch}`) ?? [])].sort(
    (a, b) => a.number - b.number,
  );
