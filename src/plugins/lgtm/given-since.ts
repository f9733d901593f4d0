// Whether lgtm is for the commits of which a webhook tells only now.
import { command } from "../../model/commands.ts";
import type { IssueRef, PullRequest } from "../../model/github.ts";
import { isOwnMessage } from "../../model/reply.ts";
import type { Context } from "../plugin.ts";
import { refuse } from "./change.ts";

export const ADD = command("(?mi)^/lgtm(?: no-issue)?\\s*$");

/** Somebody who may has said so after the push of which `pushed` tells; nothing else has to be asked mostly. */
export async function wasGivenSince(
  { issue, pushed, byOwners }: { issue: IssueRef; pushed: PullRequest; byOwners: boolean },
  context: Context,
): Promise<boolean> {
  const { bot, read } = context;
  const isLater = (at: string) => Date.parse(at) > Date.parse(pushed.updated_at);
  if (!isLater((await read.pullRequest(issue, { known: true })).updated_at)) return false;
  const given = (await read.comments(issue)).filter(
    ({ body, created_at, updated_at: edited, user }) =>
      isLater(created_at) &&
      created_at === edited &&
      user.login !== pushed.user.login &&
      ADD.test(body) &&
      !isOwnMessage(bot, user.login, body),
  );
  for (const { user } of given)
    if (!(await refuse({ pr: issue, reviewer: user.login }, byOwners, context))) return true;
  return false;
}
