// Jobs of a repository with its own: read once for the commits they are of, parsed once for each content.
import type { Config } from "../config/config.ts";
import { type InRepoConfig, parseInRepoConfig } from "../config/in-repo-config.ts";
import { podPolicy, runsTheSame } from "../config/pod-policy.ts";
import { type LocatedProblem, problemText, type SourceFile } from "../config/source.ts";
import { mergeMethod } from "../config/tide.ts";
import type { MergedFiles } from "../git/port.ts";
import {
  type At,
  centralPostsubmits,
  centralPresubmits,
  hasOwnJobs,
  InRepoConfigError,
  type RepoJobs,
} from "../jobs/repo-jobs.ts";
import type { Clock } from "../lib/clock.ts";
import { cutText } from "../lib/cut-text.ts";
import { remembered } from "../lib/kept/remembered.ts";
import type { Logger } from "../lib/logger.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import type { InRepoMetrics } from "./metrics.ts";
import { type Found, readConfigFiles } from "./read-config-files.ts";

export interface InRepoDeps {
  /** Asked in order, until one can tell. */
  sources: readonly MergedFiles[];
  /** `--in-repo-config-cache-size`: so many repositories at so many commits are kept. */
  cacheSize: number;
  metrics: InRepoMetrics;
  clock: Pick<Clock, "now">;
  log: Logger;
}

/** Contents of files kept, however many commits have them. */
const MOST_FILES = 2_000;
/** Of all that is kept together: anybody's pull request brings files, and what they become takes many times the room. */
const MOST_CHARACTERS = 20_000_000;
const charactersOf = (files: readonly SourceFile[]): number =>
  files.reduce((sum, { text }) => sum + text.length, 0);

function stores(cacheSize: number, { watcher }: InRepoMetrics) {
  const most = MOST_CHARACTERS;
  return {
    found: remembered<Found>(cacheSize, {
      watcher,
      weight: { of: ({ files }) => charactersOf(files), most },
    }),
    contents: remembered<SourceFile>(MOST_FILES, { weight: { of: ({ text }) => text.length, most } }),
    lists: remembered<readonly SourceFile[]>(cacheSize, { weight: { of: charactersOf, most } }),
  };
}

export function inRepoJobs({ sources, cacheSize, metrics, clock, log }: InRepoDeps): RepoJobs {
  const { found, contents, lists } = stores(cacheSize, metrics);
  const parsed = new WeakMap<readonly SourceFile[], { config: Config; result: InRepoConfig }>();

  const parse = (files: readonly SourceFile[], repo: RepoRef, config: Config): InRepoConfig => {
    const before = parsed.get(files);
    if (before?.config === config) return before.result;
    const result = parseInRepoConfig(files, repoName(repo), config);
    parsed.set(files, { config, result });
    return result;
  };

  const own = async (config: Config, repo: RepoRef, { baseSHA, heads }: At): Promise<InRepoConfig> => {
    const [org, repository] = [repo.org, repo.repo];
    const began = clock.now().getTime();
    const merge = { baseSHA, heads, method: mergeMethod(config, repo, "") };
    const key = [repoName(repo), merge.method, baseSHA, ...heads].join(" ");
    try {
      const { files, error } = await found.get(key, () =>
        readConfigFiles({ sources, contents, lists, log }, repo, merge),
      );
      if (error) throw new InRepoConfigError(error);
      const result = parse(files, repo, config);
      refuse(result.problems, repo);
      return result;
    } finally {
      metrics.seconds.observe({ org, repo: repository }, (clock.now().getTime() - began) / 1000);
    }
  };

  /** What a change itself brings has no more rights than a plain job; what the base has was looked at to get there. */
  const refuseRaised = async (
    changed: InRepoConfig,
    config: Config,
    repo: RepoRef,
    at: At,
  ): Promise<void> => {
    if (at.heads.length === 0 || podPolicy(config, repoName(repo)) === "prow") return;
    const raised = changed.raised();
    if (raised.length === 0) return;
    const before = await own(config, repo, { ...at, heads: [] }).catch((error: unknown) => {
      if (error instanceof InRepoConfigError) return undefined;
      throw error;
    });
    const allowed = before?.presubmits ?? [];
    const refused = raised.filter(({ job }) => !runsTheSame(job, allowed));
    refuse(
      refused.flatMap(({ problems }) => problems),
      repo,
    );
  };

  return {
    async presubmits(config, repo, at) {
      const central = centralPresubmits(config, repo);
      if (!hasOwnJobs(config, repo)) return central;
      const mine = await own(config, repo, at);
      await refuseRaised(mine, config, repo, at);
      return [...central, ...mine.presubmits];
    },
    async postsubmits(config, repo, at) {
      const central = centralPostsubmits(config, repo);
      return hasOwnJobs(config, repo) ? [...central, ...(await own(config, repo, at)).postsubmits] : central;
    },
  };
}

/** Of a file that anybody may have written; it is logged with every event and every look of tide's. */
const MOST_TOLD = 20;
const LONGEST_TOLD = 500;

function refuse(problems: readonly LocatedProblem[], repo: RepoRef): void {
  const errors = problems.filter(({ level }) => level === "error");
  if (errors.length === 0) return;
  const told = errors.slice(0, MOST_TOLD).map((error) => cutText(problemText(error), LONGEST_TOLD));
  const more = errors.length > MOST_TOLD ? [`and ${errors.length - MOST_TOLD} more`] : [];
  throw new InRepoConfigError(`${repoName(repo)}: ${[...told, ...more].join("; ")}`);
}
