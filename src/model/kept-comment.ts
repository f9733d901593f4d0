// The one comment of the bot's that is edited in place: known by the tag that it begins with.
import { isBot } from "./bot.ts";
import type { IssueComment } from "./github.ts";

/** The latest such comment. Nobody can write one but the bot and those who may edit its comments. */
export const keptComment = (
  comments: readonly IssueComment[],
  bot: string,
  tag: string,
): IssueComment | undefined =>
  comments.findLast(({ body, user }) => isBot(bot, user.login) && body.startsWith(tag));
