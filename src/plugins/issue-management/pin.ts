// /pin-issue and /unpin-issue, for approvers of the OWNERS file at the root.
import { isRefusal } from "../../github/error.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent } from "../../model/event.ts";
import { issueName, normaliseLogin, type RepoRef, repoName } from "../../model/github.ts";
import { formatReply, replyTo } from "../../model/reply.ts";
import { commentIssue, quoted } from "../event-issue.ts";
import { topLevelApprovers } from "../owners-of.ts";
import type { Context } from "../plugin.ts";

const ONLY_ISSUES = "`/pin-issue` and `/unpin-issue` can only be triggered on GitHub issues.";
const NOT_AUTHORIZED =
  "You are not authorized to pin or unpin issues on this repository. Only approvers from the top-level OWNERS file can use this command.";

export async function pinIssue(event: CommentEvent, pinned: boolean, context: Context): Promise<Effect[]> {
  const { author, isPR, number, repo } = event;
  const issue = commentIssue(event);
  const refusal = isPR ? ONLY_ISSUES : await refusalFor(author.login, repo, context);
  if (refusal) return [replyTo(issue, quoted(event), refusal)];
  const { node_id: id } = await context.read.issue(issue);
  if (!id) throw new Error(`GitHub told no node_id of ${issueName(issue)}, so it can not be pinned`);
  const reply = (message: string) => formatReply(quoted(event), message);
  return [
    {
      do: "pinIssue",
      issue,
      id,
      pinned,
      done: reply(`Issue #${number} has been ${pinned ? "pinned to" : "unpinned from"} the repository.`),
      refused: reply(`Unable to ${pinned ? "pin" : "unpin"} issue #${number}. Please try again later.`),
    },
  ];
}

async function refusalFor(login: string, repo: RepoRef, context: Context): Promise<string | undefined> {
  try {
    const { default_branch: branch } = await context.read.repository(repo);
    const approvers = await topLevelApprovers(repo, branch, context);
    return approvers.has(normaliseLogin(login)) ? undefined : NOT_AUTHORIZED;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    context.log.warn({ err: error.message }, "Authorization check failed");
    return `Unable to determine whether ${login} is an approver from the top-level OWNERS of ${repoName(repo)}.`;
  }
}
