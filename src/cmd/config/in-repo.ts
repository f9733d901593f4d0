// Jobs that repositories keep themselves, for the components that need them: through the API, or git where it takes a merge.
import { join } from "node:path";
import { gitCLI } from "../../git/cli.ts";
import { mergedTexts } from "../../git/merged-texts.ts";
import type { CherryPicks, Git, MergedFiles, MergedTexts } from "../../git/port.ts";
import { apiFiles } from "../../in-repo/api-files.ts";
import { inRepoMetrics } from "../../in-repo/metrics.ts";
import { inRepoJobs } from "../../in-repo/repo-jobs.ts";
import type { RepoJobs } from "../../jobs/repo-jobs.ts";
import type { FlagValues } from "../../lib/flags.ts";
import { repoName } from "../../model/github.ts";
import type { Surroundings } from "../surroundings.ts";
import type { cacheFlag } from "../wiring/flag-groups.ts";
import type { Ports } from "../wiring/ports.ts";

/** What the git command is here: tide's merges, files of merges, and cherry-picks. */
export type GitOfRepositories = Git & MergedFiles & CherryPicks;

export function repoJobsFor(
  { github }: Pick<Ports, "github">,
  git: MergedFiles,
  cacheSize: number,
  { host, log, metrics }: Pick<Surroundings, "host" | "log" | "metrics">,
): RepoJobs {
  return inRepoJobs({
    sources: [apiFiles(github.read), git],
    cacheSize,
    metrics: inRepoMetrics(metrics),
    clock: host.clock,
    log,
  });
}

/** Files of merges, wherever they lie, from the same sources. */
export const mergedTextsFor = (
  { github }: Pick<Ports, "github">,
  git: MergedFiles,
  { log }: Pick<Surroundings, "log">,
): MergedTexts => mergedTexts([apiFiles(github.read), git], log);

/** Two components never share a mirror: each fetches by itself. */
export const mirrorsOf = (
  component: string,
  flags: FlagValues<typeof cacheFlag> & { data: string },
): string => join(flags["cache-dir-base"] || flags.data, component);

/** git over HTTPS, below the address of GitHub's pages, with the token that the API is used with. */
export function gitFor(
  { github }: Pick<Ports, "github">,
  { web, directory, env }: { web: string; directory: string; env: Surroundings["host"]["env"] },
): GitOfRepositories {
  return gitCLI({
    ...{ cacheDir: join(directory, "git"), env },
    url: (repo) => `${web}/${repoName(repo)}`,
    token: (repo) => github.gitToken(repo),
  });
}
