// Brings the approved label and the notification in line with what everybody has said; from the whole history each time.
import { webOf } from "../../jobs/repo-link.ts";
import { quoteMeta, regex } from "../../lib/re2.ts";
import { inRounds } from "../../lib/waiting/in-rounds.ts";
import { isBot } from "../../model/bot.ts";
import type { Effect } from "../../model/effect.ts";
import type { IssueComment, IssueRef, Label } from "../../model/github.ts";
import { APPROVED } from "../../model/labels.ts";
import { unix } from "../../model/same-text.ts";
import { type Approvals, addApproval, coverage } from "../../owners/approvers.ts";
import {
  type ApprovalState,
  isApproved,
  meetsRequirements,
  notification,
} from "../../owners/notification.ts";
import { labelChange } from "../label-change.ts";
import { ownersOf } from "../owners-of.ts";
import type { Context } from "../plugin.ts";
import type { ApproveOptions } from "./options.ts";
import { remarks, tally } from "./remarks.ts";

/** The pull request, as far as approval looks at it. */
export interface Subject {
  issue: IssueRef;
  branch: string;
  body: string;
  author: string;
  assignees: readonly string[];
  htmlUrl: string;
  labels: () => Promise<readonly Label[]>;
}

/** Characters of a conversation: it may have many more, and others are let in between, long conversations among them. */
const MOST_AT_ONCE = 50_000;
const nextTurn = inRounds(1);

const NOTIFICATION = regex("(?is)^\\[ApprovalNotifier\\] *?([^\\n]*)(?:\\n\\n(.*))?");

export async function reconcile(
  subject: Subject,
  options: ApproveOptions,
  context: Context,
): Promise<Effect[]> {
  const { issue } = subject;
  const { bot, config, read } = context;
  const repo = { org: issue.org, repo: issue.repo };
  const files = (await read.changedFiles(issue)).map(({ filename }) => filename);
  const [owners, labels, comments, reviewComments, reviews] = await Promise.all([
    ownersOf(repo, subject.branch, files, context),
    subject.labels(),
    read.comments(issue),
    read.reviewComments(issue),
    read.reviews(issue),
  ]);
  const bots = new Set(reviews.filter(({ user }) => user.type === "Bot").map(({ user }) => user.login));
  const said = remarks(comments, reviewComments, reviews).filter(
    ({ author }) => !isBot(bot, author) && !bots.has(author),
  );
  const approvals: Approvals = new Map();
  if (!options.require_self_approval) addApproval(approvals, implicitApproval(subject));
  let characters = 0;
  for (const remark of said) {
    tally(approvals, [remark], subject.author, options);
    characters += remark.body.length;
    if (characters < MOST_AT_ONCE) continue;
    await nextTurn();
    characters = 0;
  }

  const hasLabel = labels.some(({ name }) => name === APPROVED);
  const state: ApprovalState = {
    ...repo,
    number: issue.number,
    branch: subject.branch,
    files,
    ownersFilename: owners.filename,
    change: coverage(files, owners),
    approvals,
    assignees: subject.assignees,
    requireIssue: options.issue_required ?? false,
    associatedIssue: associatedIssue(subject.body, issue.org),
    manuallyApproved: false,
  };
  state.manuallyApproved = hasLabel && !meetsRequirements(state) && (await labelledByHand(issue, context));
  const text = notification(state, {
    github: webOf(config),
    commandHelp: options.commandHelpLink,
    process: options.pr_process_link,
  });
  return [
    ...labelChange(issue, APPROVED, hasLabel, isApproved(state)),
    ...notify(issue, text, comments, bot),
  ];
}

const implicitApproval = ({ author, htmlUrl }: Subject) =>
  ({ login: author, how: "Author self-approved", reference: `${htmlUrl}#`, noIssue: false }) as const;

/** The first issue that the description names; 0: none. */
function associatedIssue(body: string, org: string): number {
  const number = regex(`(?:${quoteMeta(org)}/[^/]+/issues/|#)(\\d+)`).exec(body)?.[1];
  const parsed = Number(number ?? 0);
  return Number.isSafeInteger(parsed) ? parsed : 0;
}

/** Who set the label last decides. When that can not be found out, the rules apply. */
async function labelledByHand(issue: IssueRef, { bot, log, read }: Context): Promise<boolean> {
  try {
    const events = await read.issueEvents(issue);
    const last = events.findLast(({ event, label }) => event === "labeled" && label?.name === APPROVED);
    return Boolean(last?.actor?.login) && !isBot(bot, last!.actor!.login);
  } catch (error) {
    log.error({ ...issue, error }, `failed to check if ${APPROVED} label was added by bot`);
    return false;
  }
}

/** One notification stands, at the end of the conversation; it is posted anew only when it says something new. */
function notify(issue: IssueRef, text: string, comments: readonly IssueComment[], bot: string): Effect[] {
  const earlier = comments.filter(({ body, user }) => isBot(bot, user.login) && NOTIFICATION.test(body));
  if (unix(earlier.at(-1)?.body ?? "").includes(text)) return [];
  const repo = { org: issue.org, repo: issue.repo };
  const deletions = earlier.map(({ id }): Effect => ({ do: "deleteComment", repo, id }));
  return [...deletions, { do: "createComment", issue, body: text }];
}
