// Takes back comments of the bot's own that no longer hold.
import { isBot } from "../model/bot.ts";
import type { Effect } from "../model/effect.ts";
import type { IssueRef } from "../model/github.ts";
import { ownWords } from "../model/reply.ts";
import { unix } from "../model/same-text.ts";
import type { Context } from "./plugin.ts";

/** Deletes the bot's comments that `stale` picks by the bot's own words in them. */
export async function pruneComments(
  issue: IssueRef,
  { bot, read }: Pick<Context, "bot" | "read">,
  stale: (words: string) => boolean,
): Promise<Effect[]> {
  const comments = await read.comments(issue);
  const { org, repo } = issue;
  return comments
    .filter((comment) => isBot(bot, comment.user.login) && stale(ownWords(unix(comment.body))))
    .map(({ id }) => ({ do: "deleteComment", repo: { org, repo }, id }));
}
