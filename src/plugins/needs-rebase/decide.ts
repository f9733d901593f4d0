// What a pull request needs, given whether it can be merged and whether it carries the label already.
import type { GitHubRead } from "../../github/port.ts";
import { isBot } from "../../model/bot.ts";
import type { Effect } from "../../model/effect.ts";
import type { IssueComment, IssueRef } from "../../model/github.ts";
import { formatSimple } from "../../model/reply.ts";

export const NEEDS_REBASE = "needs-rebase";
const MESSAGE = "PR needs rebase.";
const DEPENDABOT = "dependabot[bot]";

interface Found {
  issue: IssueRef;
  author: string;
  mergeable: boolean;
  hasLabel: boolean;
}

/** Comments are read only when there are some to be taken away. */
export async function rebaseEffects(
  found: Found,
  read: Pick<GitHubRead, "botLogin" | "comments">,
): Promise<Effect[]> {
  const { author, hasLabel, issue, mergeable } = found;
  if (!mergeable && !hasLabel) {
    // Dependabot takes that for a command.
    const body = formatSimple(author === DEPENDABOT ? "rebase" : MESSAGE);
    // The label last: it says that this is done.
    return [
      { do: "createComment", issue, body, marker: body.trim() },
      { do: "addLabels", issue, labels: [NEEDS_REBASE] },
    ];
  }
  if (!mergeable || !hasLabel) return [];
  const [bot, comments] = await Promise.all([read.botLogin(), read.comments(issue)]);
  return [...prune(comments, bot, issue), { do: "removeLabel", issue, label: NEEDS_REBASE }];
}

const prune = (comments: readonly IssueComment[], bot: string, { org, repo }: IssueRef): Effect[] =>
  comments
    .filter(({ body, user }) => isBot(bot, user.login) && body.includes(MESSAGE))
    .map(({ id }) => ({ do: "deleteComment", repo: { org, repo }, id }));
