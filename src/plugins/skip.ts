// /skip: takes away what optional jobs that no longer run have left red.
import type { Presubmit } from "../config/job.ts";
import { contextRequired, couldRun } from "../jobs/filter.ts";
import { InRepoConfigError } from "../jobs/repo-jobs.ts";
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent } from "../model/event.ts";
import type { PullRequest, Status } from "../model/github.ts";
import { commentIssue } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import { changedFiles, presubmitsAt } from "./pull-jobs.ts";
import { selectPresubmits } from "./trigger/selection.ts";
import { triggerFor } from "./trust.ts";

const SKIP = command("(?mi)^/skip\\s*$");

export const skip: Plugin = {
  name: "skip",
  on: ["comment"],
  description:
    "The skip plugin allows users to clean up GitHub stale commit statuses for non-blocking jobs on a PR.",
  commands: [
    {
      usage: "/skip",
      description: "Cleans up GitHub stale commit statuses for non-blocking jobs on a PR.",
      featured: false,
      whoCanUse: "Anyone can trigger this command on a PR.",
      examples: ["/skip"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created" || !event.isPR) return [];
    if (event.issue.state !== "open" || !SKIP.test(event.body)) return [];
    const pr = await context.read.pullRequest(commentIssue(event));
    try {
      const presubmits = await presubmitsAt(context, event.repo, pr);
      return await skipped(event, pr, presubmits, context);
    } catch (error) {
      if (!(error instanceof InRepoConfigError)) throw error;
      context.log.warn({ err: error.message }, "nothing is skipped: the presubmits can not be read");
      return [];
    }
  },
};

/** Optional jobs that have reported and are not green, unless the same comment starts them. */
async function skipped(
  { body, repo }: CommentEvent,
  pr: PullRequest,
  presubmits: readonly Presubmit[],
  context: Context,
): Promise<Effect[]> {
  const { plugins, read } = context;
  const statuses = await read.statuses(repo, pr.head.sha);
  const red = new Set(statuses.filter(({ state }) => state !== "success").map(({ context: name }) => name));
  if (red.size === 0) return [];
  const started = await selectPresubmits(body, presubmits, !triggerFor(plugins, repo).ignore_ok_to_test, {
    branch: pr.base.ref,
    changes: changedFiles(context, { repo, pr }),
    statuses: async () => statuses,
  });
  // Of two jobs with one context, for different branches, the one of this branch says whether it may be skipped.
  const required = presubmits.filter((job) => contextRequired(job) && couldRun(job, pr.base.ref));
  const kept = new Set([...started, ...required].map((job) => job.context));
  const contexts = new Set(presubmits.filter((job) => !contextRequired(job)).map((job) => job.context));
  return [...contexts]
    .filter((name) => red.has(name) && !kept.has(name))
    .map((name) => ({ do: "createStatus", repo, sha: pr.head.sha, status: skippedStatus(name) }));
}

const skippedStatus = (context: string): Status => ({
  context,
  state: "success",
  description: "Skipped",
  target_url: "",
});
