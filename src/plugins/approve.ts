// /approve: keeps the approved label while every changed file has the approval of one of its owners.
import { isBot } from "../model/bot.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent, PullRequestEvent, ReviewEvent } from "../model/event.ts";
import type { Label, PullRequest, RepoRef } from "../model/github.ts";
import { APPROVED } from "../model/labels.ts";
import { approveFor, approveSection } from "./approve/options.ts";
import { reconcile, type Subject } from "./approve/reconcile.ts";
import { isApprovalCommand, isApprovalState } from "./approve/remarks.ts";
import { commentIssue, prRef } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";

export const approve: Plugin = {
  name: "approve",
  on: ["comment", "review", "pull_request"],
  sections: [approveSection],
  description: `The approve plugin implements a pull request approval process that manages the '${APPROVED}' label and an approval notification comment. Approval is achieved when the set of users that have approved the PR is capable of approving every file changed by the PR. A user is able to approve a file if their username or an alias they belong to is listed in the 'approvers' section of an OWNERS file in the directory of the file or higher in the directory tree.
<br>
<br>Per-repo configuration may be used to require that PRs link to an associated issue before approval is granted. It may also be used to specify that the PR authors implicitly approve their own PRs.
<br>For more information see <a href="https://docs.prow.k8s.io/docs/components/plugins/approve/approvers/">here</a>.`,
  commands: [
    {
      usage: "/[remove-]approve [no-issue|cancel]",
      description: "Approves a pull request",
      featured: true,
      whoCanUse: "Users listed as 'approvers' in appropriate OWNERS files.",
      examples: ["/approve", "/approve no-issue", "/remove-approve"],
    },
  ],
  explain(plugins, repo) {
    const options = approveFor(plugins, repo);
    const doNot = (does: boolean) => (does ? "" : "do not ");
    const willNot = (will: boolean) => (will ? "will " : "will not ");
    return [
      `Pull requests ${doNot(options.issue_required ?? false)} require an associated issue.`,
      `Pull request authors ${doNot(!options.require_self_approval)} implicitly approve their own PRs.`,
      `The /lgtm [cancel] command(s) ${willNot(options.lgtm_acts_as_approve ?? false)} act as approval.`,
      `A GitHub approved or changes requested review ${willNot(!options.ignore_review_state)} act as approval or cancel respectively.`,
    ].join("<br>");
  },
  async handle(event, context) {
    switch (event.kind) {
      case "comment":
        return onComment(event, context);
      case "review":
        return onReview(event, context);
      case "pull_request":
        return onPullRequest(event, context);
      default:
        return [];
    }
  },
};

async function onComment(event: CommentEvent, context: Context): Promise<Effect[]> {
  if (event.action !== "created" || !event.isPR || event.issue.state === "closed") return [];
  // The description is not scanned for approvals, and what its opening calls for follows from "opened" itself.
  if (event.source === "pull_request") return [];
  const options = approveFor(context.plugins, event.repo);
  if (isBot(context.bot, event.author.login) || !isApprovalCommand(event.body, options)) return [];
  const issue = commentIssue(event);
  const pr = await context.read.pullRequest(issue, { known: true });
  return reconcile(
    subject(event.repo, pr, async () => pr.labels),
    options,
    context,
  );
}

/** A review that holds a command is handled as a comment; here only its state counts. */
async function onReview(event: ReviewEvent, context: Context): Promise<Effect[]> {
  const { action, pr, repo, review } = event;
  if (action !== "submitted" && action !== "dismissed") return [];
  const options = approveFor(context.plugins, repo);
  if (isBot(context.bot, review.user.login) || review.user.type === "Bot") return [];
  if (isApprovalCommand(review.body ?? "", options) || !isApprovalState(review.state, options)) return [];
  return reconcile(subject(repo, pr, labelsNow(repo, pr, context)), options, context);
}

async function onPullRequest(event: PullRequestEvent, context: Context): Promise<Effect[]> {
  const { action, label, pr, repo, sender } = event;
  if (!["opened", "reopened", "synchronize", "labeled"].includes(action)) return [];
  // The label set by hand may be a bypass; set by the bot it is the outcome of what was said.
  const byHand = label?.name === APPROVED && !isBot(context.bot, sender.login) && pr.state !== "closed";
  if (action === "labeled" && !byHand) return [];
  return reconcile(
    subject(repo, pr, labelsNow(repo, pr, context)),
    approveFor(context.plugins, repo),
    context,
  );
}

const labelsNow =
  (repo: RepoRef, pr: PullRequest, { read }: Context) =>
  (): Promise<Label[]> =>
    read.issueLabels(prRef(repo, pr));

const subject = (repo: RepoRef, pr: PullRequest, labels: () => Promise<Label[]>): Subject => ({
  issue: prRef(repo, pr),
  branch: pr.base.ref,
  body: pr.body ?? "",
  author: pr.user.login,
  assignees: pr.assignees.map(({ login }) => login),
  htmlUrl: pr.html_url,
  labels,
});
