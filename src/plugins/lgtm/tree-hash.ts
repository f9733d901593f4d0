// The comment in which lgtm remembers what content was reviewed, and how it reads it back.
import { isBot } from "../../model/bot.ts";
import type { IssueComment } from "../../model/github.ts";

/** The two spaces are part of the protocol: Prow's comments are read too, and Prow reads ours. */
export const treeHashComment = (hash: string): string =>
  `LGTM label has been added.  <details>Git tree hash: ${hash}</details>`;

/** The whole comment must be it: the bot's replies quote people, who could hand it a hash of their own. */
const TREE_HASH = new RegExp(`^${RegExp.escape(treeHashComment("HASH")).replace("HASH", "([^<>\\s]+)")}$`);

const treeHashOf = (body: string): string | undefined => TREE_HASH.exec(body.trim())?.[1];

export const isTreeHashComment = (body: string): boolean => treeHashOf(body) !== undefined;

/** The hash in the bot's last such comment that nobody has edited. */
export function rememberedTreeHash(comments: readonly IssueComment[], bot: string): string | undefined {
  const unedited = comments.findLast(
    ({ body, created_at, updated_at, user }) =>
      isBot(bot, user.login) && created_at === updated_at && isTreeHashComment(body),
  );
  return unedited && treeHashOf(unedited.body);
}
