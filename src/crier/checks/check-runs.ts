// Results as check runs, where a configuration asks for them and GitHub takes them from us.
import type { Config } from "../../config/config.ts";
import { forRepo } from "../../config/for-repo.ts";
import { reportsChecks } from "../../config/github-reporter.ts";
import { GitHubError } from "../../github/error.ts";
import type { GitHubRead } from "../../github/port.ts";
import type { ObjectStore } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { isApp } from "../../model/bot.ts";
import type { Effect } from "../../model/effect.ts";
import { repoName } from "../../model/github.ts";
import { createdAt, isComplete, type ProwJob } from "../../model/prowjob.ts";
import type { Refs } from "../../model/refs.ts";
import type { BlobRead } from "../../storage/port.ts";
import { destination } from "../destination.ts";
import { checkReport } from "./check-report.ts";
import { type Evidence, NO_EVIDENCE, readEvidence } from "./evidence.ts";

export interface CheckRunsDeps {
  read: Pick<GitHubRead, "botLogin">;
  prowJobs: ObjectStore<ProwJob>;
  config: () => Config;
  store?: BlobRead;
  clock: Pick<Clock, "now">;
  log: Logger;
}

export interface CheckRuns {
  areWanted(job: ProwJob): Promise<boolean>;
  /** Of a job whose results are reported at all. */
  effects(job: ProwJob): Promise<Effect[]>;
  /** GitHub refuses check runs: the result is a status then. */
  areRefused(error: unknown, job: ProwJob): boolean;
}

export function checkRuns(deps: CheckRunsDeps): CheckRuns {
  const said = new Set<string>();
  const sayOnce = (message: string) => {
    if (said.has(message)) return;
    said.add(message);
    deps.log.warn({}, message);
  };
  const wanted = ({ spec }: ProwJob) => spec.refs !== undefined && reportsChecks(deps.config(), spec.refs);
  return {
    async areWanted(job) {
      if (!wanted(job)) return false;
      if (isApp(await deps.read.botLogin())) return true;
      sayOnce(
        "`reports: checks` needs a GitHub App, and this bot signs in with a token: results are reported as commit statuses.",
      );
      return false;
    },
    async effects(job) {
      const { refs } = job.spec;
      const report = refs && checkReport(job, refs, await evidence(job, refs, deps));
      if (!report) return [];
      const { org, repo } = refs;
      const late = isSuperseded(job, deps.prowJobs) && { onlyIfThere: true as const };
      return [{ do: "reportCheckRun", repo: { org, repo }, report, ...late }];
    },
    areRefused(error, job) {
      const { refs } = job.spec;
      const refused =
        error instanceof GitHubError && error.status === 403 && !/rate limit/i.test(error.message);
      if (!refused || !refs || !wanted(job)) return false;
      sayOnce(
        `GitHub refuses check runs in ${repoName(refs)} (${error.message}): results are reported as commit statuses. Does the App have the permission checks: write there?`,
      );
      return true;
    },
  };
}

/** A newer run of the same context is there: a run that is reported only now would hide that one's. */
function isSuperseded(job: ProwJob, prowJobs: ObjectStore<ProwJob>): boolean {
  const key = ({ spec }: ProwJob) => {
    const pull = spec.refs?.pulls?.[0];
    return JSON.stringify([
      spec.refs?.org,
      spec.refs?.repo,
      pull?.number,
      pull?.sha ?? spec.refs?.base_sha,
      spec.context,
    ]);
  };
  const own = key(job);
  return prowJobs
    .list()
    .some(
      (other) => other.spec.type === job.spec.type && createdAt(other) > createdAt(job) && key(other) === own,
    );
}

/** What cannot be read does not keep the result from being reported. */
async function evidence(
  job: ProwJob,
  refs: Refs,
  { store, config, clock, log }: CheckRunsDeps,
): Promise<Evidence> {
  if (!store || !isComplete(job) || !job.status.build_id || job.status.state === "aborted")
    return NO_EVIDENCE;
  const directory = destination(job, config());
  if (!directory) return NO_EVIDENCE;
  try {
    const matchers = forRepo(config().github_reporter.problem_matchers, refs) ?? [];
    return await readEvidence(store, directory, matchers, clock);
  } catch (error) {
    log.warn(
      { error, prowjob: job.metadata.name },
      "Failed to read the artifacts of a job for its check run.",
    );
    return { ...NO_EVIDENCE, faults: ["the job's artifacts could not be read"] };
  }
}
