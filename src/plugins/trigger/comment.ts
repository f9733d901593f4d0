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
import { isTrustedPullRequest, isTrustedUser, type TriggerOptions, triggerFor } from "../trust.ts";
import { start } from "./jobs.ts";
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
import { CANNOT_BE_TRUSTED, CANNOT_REVOKE, CANNOT_TRIGGER, helpMessage, isHelpMessage } from "./texts.ts";
import { approvePending, rerunFailed } from "./workflows.ts";

export async function onComment(event: CommentEvent, context: Context): Promise<Effect[]> {
  if (event.action !== "created" || !event.isPR || event.issue.state !== "open") return [];
  if (isBot(context.bot, event.author.login)) return [];
  const presubmits = await presubmitsOf(context, event.repo, () =>
    context.read.pullRequest(commentIssue(event)),
  );
  const text = dropCodeBlocks(event.body);
  if (!concernsTrigger(text, presubmits)) return [];

  const options = triggerFor(context.plugins, event.repo);
  const issue = commentIssue(event);
  const byTrusted = await isTrustedUser(event.author.login, event.repo, options, context);
  const labels = () => currentLabels(event, context.read);
  if (
    !byTrusted &&
    !(await isTrustedPullRequest(issue, event.issue.author.login, options, context, labels))
  ) {
    return [replyTo(issue, quoted(event), options.ignore_ok_to_test ? CANNOT_BE_TRUSTED : CANNOT_TRIGGER)];
  }
  const labelled = trustLabels(event, text, options, await labels());
  if (!options.ignore_ok_to_test && OK_TO_TEST_CANCEL.test(text)) {
    return [...labelled, ...cancelTrust(event, byTrusted, await labels())];
  }
  return [...labelled, ...(await runRequested(event, text, presubmits, options, context))];
}

/** /ok-to-test marks the pull request as trusted; a trusted one does not need to be. */
function trustLabels(event: CommentEvent, text: string, options: TriggerOptions, labels: Label[]): Effect[] {
  const issue = commentIssue(event);
  const okToTest = !options.ignore_ok_to_test && OK_TO_TEST_COMMAND.test(text);
  const has = hasLabel(OK_TO_TEST, labels);
  const effects: Effect[] = [];
  if (okToTest && !has) effects.push({ do: "addLabels", issue, labels: [OK_TO_TEST] });
  if ((okToTest || has) && hasLabel(NEEDS_OK_TO_TEST, labels)) {
    effects.push({ do: "removeLabel", issue, label: NEEDS_OK_TO_TEST });
  }
  return effects;
}

function cancelTrust(event: CommentEvent, byTrusted: boolean, labels: Label[]): Effect[] {
  const issue = commentIssue(event);
  if (!byTrusted) return [replyTo(issue, quoted(event), CANNOT_REVOKE)];
  const effects: Effect[] = [];
  if (hasLabel(OK_TO_TEST, labels)) effects.push({ do: "removeLabel", issue, label: OK_TO_TEST });
  if (!hasLabel(NEEDS_OK_TO_TEST, labels)) {
    effects.push({ do: "addLabels", issue, labels: [NEEDS_OK_TO_TEST] });
  }
  return effects;
}

async function runRequested(
  event: CommentEvent,
  text: string,
  presubmits: readonly Presubmit[],
  options: TriggerOptions,
  context: Context,
): Promise<Effect[]> {
  const { read } = context;
  const { body, guid, repo } = event;
  const issue = commentIssue(event);
  const pr = await read.pullRequest(issue);
  const change: Change = { repo, pr, guid };
  const facts = {
    branch: pr.base.ref,
    changes: changedFiles(context, change),
    statuses: () => read.statuses(repo, pr.head.sha),
  };
  const workflows = options.trigger_github_workflows;
  const trusts = !options.ignore_ok_to_test && OK_TO_TEST_COMMAND.test(text);
  const approved = workflows && trusts ? await approvePending(change, context) : [];
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
