// The comment in which lgtm remembers what content was reviewed, and how it reads it back.
import { regex } from "../../lib/re2.ts";
import { isBot } from "../../model/bot.ts";
import type { IssueComment } from "../../model/github.ts";

/** The two spaces are part of the protocol: Prow's comments are read too, and Prow reads ours. */
export const treeHashComment = (hash: string): string =>
  `LGTM label has been added.  <details>Git tree hash: ${hash}</details>`;

const TREE_HASH = regex(treeHashComment("(.*)"));

export const isTreeHashComment = (body: string): boolean => TREE_HASH.test(body);

/** The hash in the bot's last such comment that nobody has edited. */
export function rememberedTreeHash(comments: readonly IssueComment[], bot: string): string | undefined {
  const unedited = comments.findLast(
    ({ body, created_at, updated_at, user }) =>
      isBot(bot, user.login) && created_at === updated_at && isTreeHashComment(body),
  );
  return unedited && TREE_HASH.exec(unedited.body)?.[1];
}
