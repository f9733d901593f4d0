// What tide reads of a repository beyond the search, each at most as often as it can change.
import type { GitHubRead } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { brieflyEach } from "../lib/kept/briefly.ts";
import { issueName, type MergeMethod, type RepoRef, refOfScope, repoName } from "../model/github.ts";
import { type Context, checkRunContexts, type PullRequest } from "./pull-request.ts";

type Read = Pick<GitHubRead, "repository" | "changedFiles" | "statuses" | "checkRuns" | "branchSHA">;

export interface RepoFacts {
  /** Merge methods that the settings allow; asked once an hour. */
  allowedMethods(repo: RepoRef): Promise<MergeMethod[]>;
  /** Asked once per head. */
  changedFiles(pr: PullRequest): Promise<string[]>;
  /** Contexts of the head commit: the search's, else asked for. */
  headContexts(pr: PullRequest): Promise<Context[]>;
  /** Head of the base branch: the search's when all pull requests agree, else asked for. */
  baseSHA(pulls: readonly PullRequest[]): Promise<string | undefined>;
  /** Forgets the changed files that were not asked for since the last call. */
  prune(): void;
}

const SETTINGS_MS = 3_600_000;

export function repoFacts(read: Read, clock: Pick<Clock, "now">): RepoFacts {
  const allowed = brieflyEach(SETTINGS_MS, clock, async (name) => {
    const settings = await read.repository(refOfScope(name));
    const methods: MergeMethod[] = [];
    // GitHub leaves the fields out for who may not see them.
    if (settings.allow_merge_commit !== false) methods.push("merge");
    if (settings.allow_squash_merge !== false) methods.push("squash");
    if (settings.allow_rebase_merge !== false) methods.push("rebase");
    return methods;
  });
  let oldFiles = new Map<string, string[]>();
  let files = new Map<string, string[]>();
  return {
    allowedMethods: (repo) => allowed(repoName(repo)),
    async changedFiles(pr) {
      const key = `${issueName(pr)}@${pr.headSHA}`;
      const known = files.get(key) ?? oldFiles.get(key);
      const found = known ?? (await read.changedFiles(pr)).map(({ filename }) => filename);
      files.set(key, found);
      return found;
    },
    async headContexts(pr) {
      if (pr.contexts) return pr.contexts;
      const [statuses, runs] = await Promise.all([
        read.statuses(pr, pr.headSHA),
        read.checkRuns(pr, pr.headSHA),
      ]);
      return [
        ...statuses.map(({ context, description, state }) => ({
          context,
          description: description ?? "",
          state: state.toUpperCase() as Context["state"],
        })),
        ...checkRunContexts(
          runs.map(({ name, status, conclusion, text }) => ({
            name,
            status: status.toUpperCase(),
            conclusion: conclusion?.toUpperCase() ?? null,
            text,
          })),
        ),
      ];
    },
    async baseSHA(pulls) {
      const told = new Set(pulls.map((pr) => pr.baseSHA));
      const [pr] = pulls;
      const [only] = told;
      return told.size === 1 && only ? only : pr && (await read.branchSHA(pr, pr.branch));
    },
    prune() {
      oldFiles = files;
      files = new Map();
    },
  };
}
