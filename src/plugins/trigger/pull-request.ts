// trigger on what happens to a pull request: run its jobs, abort them, or ask for somebody to trust it.
import { isBot } from "../../model/bot.ts";
import type { Effect } from "../../model/effect.ts";
import type { PullRequestEvent } from "../../model/event.ts";
import { type IssueRef, type Label, repoName } from "../../model/github.ts";
import { hasLabel, LGTM, NEEDS_OK_TO_TEST, OK_TO_TEST } from "../../model/labels.ts";
import { prRef } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import { presubmitsOf } from "../pull-jobs.ts";
import { isTrustedUser, type TriggerOptions, triggerFor } from "../trust.ts";
import { hasSeenHead, recordTrust, recordUnseen, trustRecord } from "./commit-trust.ts";
import { abortAll, startAutomatic } from "./jobs.ts";
import { DRAFT, welcome } from "./texts.ts";
import { isTrustedPullRequest } from "./trusted-pull-request.ts";

const DEFAULT_MERGED_PR_THRESHOLD = 3;

const HANDLED = new Set([
  "opened",
  "reopened",
  "ready_for_review",
  "edited",
  "synchronize",
  "labeled",
  "closed",
  "converted_to_draft",
]);

type Start = () => Promise<Effect[]>;

/** A repository without presubmits hears nothing at all, not even a welcome. */
export async function onPullRequest(event: PullRequestEvent, context: Context): Promise<Effect[]> {
  const { pr, repo } = event;
  const presubmits = HANDLED.has(event.action) ? await presubmitsOf(context, repo, () => pr) : [];
  if (presubmits.length === 0) return [];
  const start = () => startAutomatic(event, presubmits, context);
  switch (event.action) {
    case "opened":
      return onOpened(event, start, context);
    case "reopened":
    case "ready_for_review":
      return startIfTrusted(event, start, context);
    case "edited": {
      const base = event.changes?.base;
      return base?.ref?.from || base?.sha?.from ? startIfTrusted(event, start, context) : [];
    }
    case "synchronize":
      return [...(await abortAll(event, context)), ...(await startIfTrusted(event, start, context))];
    case "labeled":
      return onLabeled(event, start, context);
    case "closed":
    case "converted_to_draft":
      return abortAll(event, context);
    default:
      return [];
  }
}

async function onOpened(event: PullRequestEvent, start: Start, context: Context): Promise<Effect[]> {
  const { pr, repo } = event;
  const options = triggerFor(context.plugins, repo);
  if (!(await isTrustedUser(pr.user.login, repo, options, context))) return greet(event, options, context);
  if (!pr.draft) return start();
  return [{ do: "createComment", issue: prRef(repo, pr), body: DRAFT, marker: DRAFT }];
}

/** Nobody needs to look for an earlier /ok-to-test: the pull request has just been opened. */
async function greet(event: PullRequestEvent, options: TriggerOptions, context: Context): Promise<Effect[]> {
  const { pr, repo } = event;
  const issue = prRef(repo, pr);
  const regular = !options.ignore_ok_to_test && (await isRegular(event, options, context));
  const body = welcome({
    org: repo.org,
    repo: repoName(repo),
    author: pr.user.login,
    options,
    regular,
    head: pr.head.sha,
  });
  const comment: Effect = { do: "createComment", issue, body, marker: body.trim() };
  // Some other automation may have trusted it in the meantime.
  const asks = !options.ignore_ok_to_test && !hasLabel(OK_TO_TEST, await context.read.issueLabels(issue));
  return asks ? [{ do: "addLabels", issue, labels: [NEEDS_OK_TO_TEST] }, comment] : [comment];
}

/** Has had pull requests merged in the org before. When that can not be found out, the usual words will do. */
async function isRegular(
  event: PullRequestEvent,
  options: TriggerOptions,
  context: Context,
): Promise<boolean> {
  const { repo, pr } = event;
  const prominent = options.org_invite?.prominent ?? {};
  if (prominent.disabled || pr.user.type === "Bot") return false;
  const query = `type:pr is:merged org:${repo.org} author:${pr.user.login}`;
  try {
    const { total } = await context.read.searchIssues(query);
    return total >= (prominent.merged_pr_threshold ?? DEFAULT_MERGED_PR_THRESHOLD);
  } catch (error) {
    context.log.debug({ error, query }, "merged pull requests of the author can not be counted");
    return false;
  }
}

async function startIfTrusted(event: PullRequestEvent, start: Start, context: Context): Promise<Effect[]> {
  const { pr, repo } = event;
  const issue = prRef(repo, pr);
  const options = triggerFor(context.plugins, repo);
  if (await isTrustedUser(pr.user.login, repo, options, context)) return start();
  const labels = await context.read.issueLabels(issue);
  if (options.ok_to_test === "per-sha") return startIfCommitTrusted(event, labels, start, context);
  return hasLabel(OK_TO_TEST, labels) ? startTrusted(issue, labels, start) : [];
}

async function startTrusted(issue: IssueRef, labels: Label[], start: Start): Promise<Effect[]> {
  const started = await start();
  return hasLabel(NEEDS_OK_TO_TEST, labels)
    ? [{ do: "removeLabel", issue, label: NEEDS_OK_TO_TEST }, ...started]
    : started;
}

/** Another commit than the one that is trusted has to be looked at anew; that is said in the one comment about it. */
async function startIfCommitTrusted(
  { pr, repo }: PullRequestEvent,
  labels: Label[],
  start: Start,
  context: Context,
): Promise<Effect[]> {
  const issue = prRef(repo, pr);
  const record = await trustRecord(issue, context);
  if (!hasLabel(OK_TO_TEST, labels)) return record === undefined ? [] : [recordUnseen(issue, pr.head.sha)];
  return record === pr.head.sha ? startTrusted(issue, labels, start) : distrust(issue, labels, pr.head.sha);
}

function distrust(issue: IssueRef, labels: Label[], sha: string): Effect[] {
  const effects: Effect[] = [{ do: "removeLabel", issue, label: OK_TO_TEST }];
  if (!hasLabel(NEEDS_OK_TO_TEST, labels))
    effects.push({ do: "addLabels", issue, labels: [NEEDS_OK_TO_TEST] });
  return [...effects, recordUnseen(issue, sha)];
}

/** lgtm runs an untrusted pull request once; so does ok-to-test by hand (after the command, the comment has done it). */
async function onLabeled(event: PullRequestEvent, start: Start, context: Context): Promise<Effect[]> {
  const { label, pr, repo, sender } = event;
  const options = triggerFor(context.plugins, repo);
  const perCommit = options.ok_to_test === "per-sha";
  if (label?.name === OK_TO_TEST) {
    if (isBot(context.bot, sender.login)) return [];
    return perCommit ? onTrustedByLabel(event, options, start, context) : start();
  }
  // Who gave lgtm may not have seen what was pushed just before the bot set the label.
  if (label?.name !== LGTM || perCommit) return [];
  const issue = prRef(repo, pr);
  const labels = () => context.read.issueLabels(issue);
  const head = async () => pr.head.sha;
  const subject = { issue, author: pr.user.login, labels, head };
  return (await isTrustedPullRequest(subject, options, context)) ? [] : start();
}

/** `per-sha`: the label is for the commit that was there when it was set; when that is not certain it goes again. */
async function onTrustedByLabel(
  event: PullRequestEvent,
  options: TriggerOptions,
  start: Start,
  context: Context,
): Promise<Effect[]> {
  const { pr, repo, sender } = event;
  const issue = prRef(repo, pr);
  if (await isTrustedUser(pr.user.login, repo, options, context)) return start();
  const { read } = context;
  const labeled = (await read.issueEvents(issue)).findLast(
    ({ actor, event: what, label }) =>
      what === "labeled" && label?.name === OK_TO_TEST && actor?.login === sender.login,
  );
  const labels = await read.issueLabels(issue);
  if (!(await hasSeenHead({ at: labeled?.created_at }, pr, repo.org, context)))
    return distrust(issue, labels, pr.head.sha);
  return [recordTrust(issue, pr.head.sha, sender.login), ...(await startTrusted(issue, labels, start))];
}
