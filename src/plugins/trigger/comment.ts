// trigger on a comment: /test, /retest, /ok-to-test and what else starts jobs.
import type { Presubmit } from "../../config/job.ts";
import { isBot } from "../../model/bot.ts";
import { dropCodeBlocks } from "../../model/commands.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent } from "../../model/event.ts";
import { type Label, repoName } from "../../model/github.ts";
import { hasLabel, NEEDS_OK_TO_TEST, OK_TO_TEST, RETEST_LABEL } from "../../model/labels.ts";
import { replyTo } from "../../model/reply.ts";
import { commentIssue, currentLabels, quoted } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import { pruneComments } from "../prune.ts";
import { type Change, changedFiles, presubmitsOf } from "../pull-jobs.ts";
import { isTrustedUser, type TriggerOptions, triggerFor } from "../trust.ts";
import { hasSeenHead, recordRevoked, recordTrust, withPlainCommands } from "./commit-trust.ts";
import { start } from "./jobs.ts";
import { reported } from "./reported.ts";
import {
  ANY_TEST,
  availablePresubmits,
  concernsTrigger,
  helpNote,
  OK_TO_TEST_CANCEL,
  OK_TO_TEST_COMMAND,
  RETEST,
  RETEST_REQUIRED,
  selectPresubmits,
  TEST_ALL,
} from "./selection.ts";
import {
  CANNOT_BE_TRUSTED,
  CANNOT_REVOKE,
  CANNOT_TRIGGER,
  cannotTellCommit,
  helpMessage,
  isHelpMessage,
} from "./texts.ts";
import { isTrustedPullRequest } from "./trusted-pull-request.ts";
import { approvePending, rerunFailed } from "./workflows.ts";

export async function onComment(event: CommentEvent, context: Context): Promise<Effect[]> {
  if (event.action !== "created" || !event.isPR || event.issue.state !== "open") return [];
  if (isBot(context.bot, event.author.login)) return [];
  const presubmits = await presubmitsOf(context, event.repo, () =>
    context.read.pullRequest(commentIssue(event)),
  );
  const options = triggerFor(context.plugins, event.repo);
  const perCommit = options.ok_to_test === "per-sha";
  const body = perCommit ? withPlainCommands(event.body) : event.body;
  const text = dropCodeBlocks(body);
  if (!concernsTrigger(text, presubmits)) return [];

  const issue = commentIssue(event);
  const byTrusted = await isTrustedUser(event.author.login, event.repo, options, context);
  const labels = () => currentLabels(event, context.read);
  const head = async () => (await context.read.pullRequest(issue)).head.sha;
  const subject = { issue, author: event.issue.author.login, labels, head };
  if (!byTrusted && !(await isTrustedPullRequest(subject, options, context))) {
    return [replyTo(issue, quoted(event), options.ignore_ok_to_test ? CANNOT_BE_TRUSTED : CANNOT_TRIGGER)];
  }
  const request: Request = { event, body, text, presubmits, options };
  const cancels = !options.ignore_ok_to_test && OK_TO_TEST_CANCEL.test(text);
  if (perCommit && !cancels && !(await isTrustedPullRequest(subject, options, context))) {
    return onNewCommit(request, await labels(), context);
  }
  const labelled = trustLabels(request, await labels());
  if (cancels) return [...labelled, ...cancelTrust(request, byTrusted, await labels())];
  return [...labelled, ...(await runRequested(request, context))];
}

interface Request {
  event: CommentEvent;
  /** The comment as commands and jobs are looked for in it. */
  body: string;
  /** The same without code blocks. */
  text: string;
  presubmits: readonly Presubmit[];
  options: TriggerOptions;
}

const trusts = ({ options, text }: Request): boolean =>
  !options.ignore_ok_to_test && OK_TO_TEST_COMMAND.test(text);

/** `per-sha`: somebody trusted on a commit that is not: it runs only when they have surely seen it. */
async function onNewCommit(request: Request, labels: Label[], context: Context): Promise<Effect[]> {
  const { event, options } = request;
  const { author, body, commitId, createdAt, repo } = event;
  const issue = commentIssue(event);
  const planned = await runRequested(request, context);
  const starts = planned.some(({ do: what }) => STARTS.has(what));
  if (!starts && !trusts(request)) return planned;
  const pr = await context.read.pullRequest(issue);
  const sign = { at: createdAt, text: dropCodeBlocks(body), commit: commitId };
  if (!(await hasSeenHead(sign, pr, repo.org, context))) {
    return [replyTo(issue, quoted(event), cannotTellCommit(pr.head.sha, !options.ignore_ok_to_test))];
  }
  if (!trusts(request)) return planned;
  return [...trustLabels(request, labels), recordTrust(issue, pr.head.sha, author.login), ...planned];
}

const STARTS: ReadonlySet<Effect["do"]> = new Set(["createProwJob", "rerunFailedJobs", "approveWorkflowRun"]);

/** /ok-to-test marks the pull request as trusted; a trusted one does not need to be. */
function trustLabels(request: Request, labels: Label[]): Effect[] {
  const issue = commentIssue(request.event);
  const okToTest = trusts(request);
  const has = hasLabel(OK_TO_TEST, labels);
  const effects: Effect[] = [];
  if (okToTest && !has) effects.push({ do: "addLabels", issue, labels: [OK_TO_TEST] });
  if ((okToTest || has) && hasLabel(NEEDS_OK_TO_TEST, labels)) {
    effects.push({ do: "removeLabel", issue, label: NEEDS_OK_TO_TEST });
  }
  return effects;
}

function cancelTrust({ event, options }: Request, byTrusted: boolean, labels: Label[]): Effect[] {
  const issue = commentIssue(event);
  if (!byTrusted) return [replyTo(issue, quoted(event), CANNOT_REVOKE)];
  const effects: Effect[] = [];
  if (hasLabel(OK_TO_TEST, labels)) effects.push({ do: "removeLabel", issue, label: OK_TO_TEST });
  if (!hasLabel(NEEDS_OK_TO_TEST, labels)) {
    effects.push({ do: "addLabels", issue, labels: [NEEDS_OK_TO_TEST] });
  }
  if (options.ok_to_test === "per-sha") effects.push(recordRevoked(issue, event.author.login));
  return effects;
}

async function runRequested(request: Request, context: Context): Promise<Effect[]> {
  const { body, event, options, presubmits, text } = request;
  const { read } = context;
  const { guid, repo } = event;
  const issue = commentIssue(event);
  const pr = await read.pullRequest(issue);
  const change: Change = { repo, pr, guid };
  const facts = {
    branch: pr.base.ref,
    changes: changedFiles(context, change),
    statuses: () => reported(change, context),
  };
  const workflows = options.trigger_github_workflows;
  const approved = workflows && trusts(request) ? await approvePending(change, context) : [];
  const selected = await selectPresubmits(body, presubmits, !options.ignore_ok_to_test, facts);
  const note = helpNote(text, selected.length);
  if (note !== undefined) {
    const where = `${repoName(repo)}@${pr.base.ref}`;
    const message = helpMessage(where, note, await availablePresubmits(presubmits, facts));
    return [...approved, replyTo(issue, quoted(event), message)];
  }
  // Jobs run again are told apart from those that run for the first time.
  const again = RETEST.test(text) || RETEST_REQUIRED.test(text);
  const stale = ANY_TEST.test(text) ? await pruneComments(issue, context, isHelpMessage) : [];
  const started = await start(change, selected, context, again ? { [RETEST_LABEL]: "true" } : {});
  const rerun =
    workflows && (RETEST.test(text) || TEST_ALL.test(text)) ? await rerunFailed(change, context) : [];
  return [...started, ...stale, ...approved, ...rerun];
}
