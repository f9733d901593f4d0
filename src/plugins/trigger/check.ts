// trigger on the buttons of check runs: Re-run is /test for that job, Cancel aborts it as deck would.
import { newProwJob, prowJobName } from "../../jobs/prow-job.ts";
import { mayRerun } from "../../jobs/rerun-auth.ts";
import { appLogin, isBot, isOwnRun } from "../../model/bot.ts";
import type { Effect } from "../../model/effect.ts";
import type { CheckEvent } from "../../model/event.ts";
import { type IssueRef, type PullRequest, repoName } from "../../model/github.ts";
import { RETEST_LABEL } from "../../model/labels.ts";
import { PROW_JOB, type ProwJob } from "../../model/prowjob.ts";
import { prRef } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import { changedFiles, presubmitsOf } from "../pull-jobs.ts";
import { isTrustedUser, triggerFor } from "../trust.ts";
import { start } from "./jobs.ts";
import { reported } from "./reported.ts";
import { selectPresubmits } from "./selection.ts";
import { CANNOT_ABORT, CANNOT_RERUN, CANNOT_TRIGGER } from "./texts.ts";
import { isTrustedPullRequest } from "./trusted-pull-request.ts";

/** As crier names the button. */
const CANCEL = "cancel";

type Run = NonNullable<CheckEvent["run"]>;

export async function onCheck(event: CheckEvent, context: Context): Promise<Effect[]> {
  // Such events go only to the App whose run it is; whoever has the webhook's secret could tell otherwise.
  if (appLogin(event.app) !== context.bot || isBot(context.bot, event.sender.login)) return [];
  if (event.action === "requested_action")
    return event.identifier === CANCEL && event.run ? cancel(event, event.run, context) : [];
  const runs = event.run ? [event.run] : await ourRuns(event, context);
  const jobs = await Promise.all(runs.map(async (run) => ({ run, job: await jobOf(run, event, context) })));
  const after = jobs.flatMap(({ job }) => (job?.spec.type === "postsubmit" ? job : []));
  const before = jobs.filter(({ job }) => job?.spec.type !== "postsubmit");
  return [
    ...(await rerunPostsubmits(event, after, context)),
    ...(before.length > 0 ? await rerunPresubmits(event, before, context) : []),
  ];
}

async function ourRuns({ repo, sha }: CheckEvent, { bot, read }: Context): Promise<Run[]> {
  return (await read.checkRuns(repo, sha))
    .filter((run) => isOwnRun(bot, run))
    .map(({ name, external_id = "" }) => ({ name, externalId: external_id }));
}

/** undefined once it is cleaned up. A run of one repository speaks for no job of another. */
async function jobOf(
  { externalId }: Run,
  { repo }: CheckEvent,
  context: Context,
): Promise<ProwJob | undefined> {
  if (!externalId) return undefined;
  const job = await context.kube.get(PROW_JOB, context.config.prowjob_namespace, externalId);
  return job?.spec.refs?.org === repo.org && job.spec.refs.repo === repo.repo ? job : undefined;
}

const pullOf = (job: ProwJob | undefined): number | undefined => job?.spec.refs?.pulls?.[0]?.number;

async function cancel(event: CheckEvent, run: Run, context: Context): Promise<Effect[]> {
  const job = await jobOf(run, event, context);
  if (!job || (job.status.state !== "triggered" && job.status.state !== "pending")) return [];
  const { login } = event.sender;
  const number = pullOf(job);
  const pr = number === undefined ? undefined : await context.read.pullRequest({ ...event.repo, number });
  const isPresubmit = job.spec.type === "presubmit";
  const allowed =
    (await mayRerun(login, job.spec, context.config, context.read)) ||
    (isPresubmit && pr !== undefined && (await mayTest(event, pr, context)));
  if (!allowed) return pr ? [refusal(event, prRef(event.repo, pr), CANNOT_ABORT)] : [];
  const { name, namespace = context.config.prowjob_namespace, resourceVersion } = job.metadata;
  const description = `${login} successfully aborted ${name}.`;
  // Only the state: plank ends the pod and then completes the job.
  const patch = { status: { state: "aborted", description } };
  return [{ do: "patchProwJob", name, namespace, resourceVersion, patch }];
}

/**
 * The rules of /test. Where trust is in one commit (`ok_to_test: per-sha`) the button names it: what is started is the
 * commit that the run is on.
 */
async function mayTest({ repo, sender }: CheckEvent, pr: PullRequest, context: Context): Promise<boolean> {
  const options = triggerFor(context.plugins, repo);
  const subject = {
    issue: prRef(repo, pr),
    author: pr.user.login,
    labels: async () => pr.labels,
    head: async () => pr.head.sha,
  };
  return (
    (await isTrustedUser(sender.login, repo, options, context)) ||
    isTrustedPullRequest(subject, options, context)
  );
}

/** Told once, however often the button is pressed. */
function refusal({ sender }: CheckEvent, issue: IssueRef, message: string): Effect {
  const body = `@${sender.login}: ${message}`;
  return { do: "createComment", issue, body, marker: body };
}

async function rerunPresubmits(
  event: CheckEvent,
  runs: { run: Run; job: ProwJob | undefined }[],
  context: Context,
): Promise<Effect[]> {
  const { guid, repo, sha } = event;
  const pr = await pullRequestOf(
    event,
    runs.map(({ job }) => job),
    context,
  );
  if (pr?.state !== "open" || pr.head.sha !== sha) {
    context.log.info({ sha }, "No open pull request has that head: what was wanted again is not run.");
    return [];
  }
  if (!(await mayTest(event, pr, context))) {
    const allowed = await Promise.all(
      runs.map(({ job }) => job && mayRerun(event.sender.login, job.spec, context.config, context.read)),
    );
    if (!allowed.every(Boolean)) return [refusal(event, prRef(repo, pr), CANNOT_TRIGGER)];
  }
  const change = { repo, pr, guid };
  const contexts = new Set(runs.map(({ run }) => run.name));
  const presubmits = (await presubmitsOf(context, repo, () => pr)).filter((job) => contexts.has(job.context));
  const asked = presubmits.map((job) => job.rerun_command).join("\n");
  const facts = {
    branch: pr.base.ref,
    changes: changedFiles(context, change),
    statuses: () => reported(change, context),
  };
  const selected = await selectPresubmits(asked, presubmits, false, facts);
  if (selected.length === 0)
    context.log.info({ pr: pr.number, contexts: [...contexts] }, "No job of that context can be run again.");
  return start(change, selected, context, { [RETEST_LABEL]: "true" });
}

/** GitHub names no pull requests from forks, so the job tells it; once that is gone, the head is searched for. */
async function pullRequestOf(
  { pulls, repo, sha }: CheckEvent,
  jobs: (ProwJob | undefined)[],
  { read }: Context,
): Promise<PullRequest | undefined> {
  const known = jobs.map(pullOf).find((number) => number !== undefined) ?? pulls[0];
  const number =
    known ?? (await read.searchIssues(`repo:${repoName(repo)} is:pr is:open ${sha}`)).items[0]?.number;
  return number === undefined ? undefined : read.pullRequest({ ...repo, number });
}

/** There is no command for these: who may is said by `rerun_auth_config`, as on deck. */
async function rerunPostsubmits(event: CheckEvent, jobs: ProwJob[], context: Context): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const { metadata, spec } of jobs) {
    if (!(await mayRerun(event.sender.login, spec, context.config, context.read))) {
      context.log.info({ prowjob: metadata.name, login: event.sender.login }, CANNOT_RERUN);
      continue;
    }
    const job = newProwJob(context.config, spec, {
      name: prowJobName(event.guid, repoName(event.repo), event.sha, spec.job, spec.context ?? ""),
      labels: metadata.labels,
      annotations: metadata.annotations,
      now: context.clock.now(),
    });
    effects.push({ do: "createProwJob", job });
  }
  return effects;
}
