// Reports to GitHub: a status per job, and one comment with a pull request's failures.
import type { Config } from "../config/config.ts";
import { forRepo } from "../config/for-repo.ts";
import { isNotFound } from "../github/error.ts";
import type { GitHubRead } from "../github/port.ts";
import { statusDescription } from "../jobs/description.ts";
import type { ObjectStore } from "../kube/port.ts";
import type { Clock } from "../lib/clock.ts";
import { compareText } from "../lib/compare-text.ts";
import { parseTemplate } from "../lib/go/template.ts";
import type { Logger } from "../lib/logger.ts";
import { isBot } from "../model/bot.ts";
import type { Effect } from "../model/effect.ts";
import { namesRepo, repoName, type StatusState } from "../model/github.ts";
import { goNames } from "../model/go-names.ts";
import { GITHUB_REPORTER } from "../model/labels.ts";
import { createdAt, isComplete, type ProwJob, type ProwJobState } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";
import type { BlobRead } from "../storage/port.ts";
import { checkRuns } from "./checks/check-runs.ts";
import { type CleanPulls, cleanPulls } from "./clean-pulls.ts";
import { commentEffects, fullComment, reportsIn } from "./comment.ts";
import { newerRuns } from "./newer-runs.ts";
import type { Reporter, Step } from "./reporter.ts";

export interface GitHubReporterDeps {
  read: Pick<GitHubRead, "comments" | "botLogin">;
  prowJobs: ObjectStore<ProwJob>;
  config: () => Config;
  workers: number;
  /** Report only jobs of this agent. */
  agent?: string;
  /** Where check runs find what tests report. */
  store?: BlobRead;
  clock: Pick<Clock, "now">;
  log: Logger;
}

const GERRIT_REPORT_LABEL = "prow.k8s.io/gerrit-report-label";

/** A job that waits for a scheduler has nothing to say yet. */
const STATUS: Record<ProwJobState, StatusState | undefined> = {
  scheduling: undefined,
  triggered: "pending",
  pending: "pending",
  success: "success",
  failure: "failure",
  aborted: "failure",
  error: "error",
};

export function githubReporter(deps: GitHubReporterDeps): Reporter {
  const clean = cleanPulls(deps.prowJobs);
  const checks = checkRuns(deps);
  const isOutrun = newerRuns(deps.prowJobs);
  return {
    name: GITHUB_REPORTER,
    workers: deps.workers,
    shouldReport: ({ metadata, spec, status }) =>
      Boolean(spec.report && spec.refs) &&
      !metadata.labels?.[GERRIT_REPORT_LABEL] &&
      (spec.type === "presubmit" || spec.type === "postsubmit") &&
      (!deps.agent || spec.agent === deps.agent) &&
      STATUS[status.state ?? "scheduling"] !== undefined,
    steps: (job, again) => [
      {
        async effects() {
          const statuses = isOutrun(job) ? [] : statusEffects(job, deps.config(), again);
          return statuses.length > 0 && (await checks.areWanted(job)) ? checks.effects(job) : statuses;
        },
        isHopeless,
        instead(error) {
          if (checks.areRefused(error, job)) return statusEffects(job, deps.config());
          return isFull(error) ? toldInWords(job, deps) : undefined;
        },
      },
      commentStep(job, clean, deps),
    ],
  };
}

export const isReported = ({ spec }: ProwJob, config: Config): boolean =>
  Boolean(spec.report) && config.github_reporter.job_types_to_report.includes(spec.type);

/** On the head of the pull request, or of the base for a postsubmit. Batches report nothing. */
export function statusEffects(job: ProwJob, config: Config, again = false): Effect[] {
  const { refs, context = "" } = job.spec;
  const pulls = refs?.pulls ?? [];
  const state = STATUS[job.status.state ?? "scheduling"];
  if (!refs || !state || pulls.length > 1 || !isReported(job, config)) return [];
  const description = statusDescription(job.status.description ?? "", refs.base_sha);
  return [
    {
      do: "createStatus",
      repo: { org: refs.org, repo: refs.repo },
      sha: pulls[0]?.sha ?? refs.base_sha ?? "",
      status: { context, state, description, target_url: job.status.url ?? "" },
      ...(again && { unlessThere: true }),
    },
  ];
}

/** GitHub keeps 1,000 statuses of a commit and context, and takes no more. */
const isFull = (error: unknown): boolean =>
  ((error as { message?: string }).message ?? "").includes(
    "This SHA and context has reached the maximum number of statuses",
  );

/** Nobody who looks at the commit could know. */
function toldInWords(job: ProwJob, { log }: Pick<GitHubReporterDeps, "log">): Effect[] {
  const { refs, context = "" } = job.spec;
  const { name } = job.metadata;
  log.warn({ prowjob: name, context }, "GitHub takes no more statuses of this commit and context.");
  const [pull, ...others] = refs?.pulls ?? [];
  if (!refs || !pull || others.length > 0) return [];
  const issue = { org: refs.org, repo: refs.repo, number: pull.number };
  return [{ do: "createComment", issue, ...fullComment(context, pull.sha) }];
}

/** The commit is gone, as after a forced push, or has all the statuses it can hold. */
function isHopeless(error: unknown): boolean {
  const { message = "" } = error as { message?: string };
  return isNotFound(error) || isFull(error) || message.includes("No commit found for SHA:");
}

function commentStep(job: ProwJob, clean: CleanPulls, deps: GitHubReporterDeps): Step {
  const pull = job.spec.refs?.pulls?.[0]?.number;
  return {
    lock: `${job.spec.refs && repoName(job.spec.refs)}#${pull}`,
    async effects() {
      const config = deps.config();
      const { refs } = job.spec;
      const { no_comment_repos, summary_comment_repos } = config.github_reporter;
      if (refs?.pulls?.length !== 1 || namesRepo(no_comment_repos, refs)) return [];
      const summary = namesRepo(summary_comment_repos, refs);
      const jobs = (summary ? latestOfPull(job, deps.prowJobs) : [job]).filter(
        (candidate) => isComplete(candidate) && isReported(candidate, config),
      );
      if (jobs.length === 0) return [];
      const fails = jobs.some(({ status }) => status.state === "failure");
      if (!summary && !fails && clean.has(refs)) return [];
      const number = refs.pulls[0]?.number ?? 0;
      const comments = await deps.read.comments({ org: refs.org, repo: refs.repo, number });
      const bot = await deps.read.botLogin();
      const footer = reportFooter(config, refs, jobs[0] ?? job);
      const news = { jobs, comments, isBot: (login: string) => isBot(bot, login), footer, summary };
      clean.saw(refs, !summary && !fails && reportsIn(news).length === 0);
      return commentEffects(news);
    },
  };
}

/** The newest run of each job of the pull request; none while any of its jobs has not ended. */
function latestOfPull(job: ProwJob, prowJobs: ObjectStore<ProwJob>): ProwJob[] {
  const { refs } = job.spec;
  const number = refs?.pulls?.[0]?.number;
  const latest = new Map<string, ProwJob>();
  for (const other of prowJobs.list()) {
    const theirs = other.spec.refs;
    if (theirs?.org !== refs?.org || theirs?.repo !== refs?.repo) continue;
    if (theirs?.pulls?.[0]?.number !== number) continue;
    if (!isComplete(other)) return [];
    if (!other.spec.report) continue;
    const known = latest.get(other.spec.job);
    if (!known || createdAt(other) > createdAt(known)) latest.set(other.spec.job, other);
  }
  return [...latest.values()].sort((a, b) => compareText(a.spec.job, b.spec.job));
}

/** Of the repository, its org or all. */
export function reportFooter({ plank }: Config, refs: Refs, job: ProwJob): string | undefined {
  const template = forRepo(plank.report_templates, refs) ?? (plank.report_template || undefined);
  return template === undefined ? undefined : parseTemplate(template).execute(goNames(job));
}
