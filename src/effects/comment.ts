// Comments that are posted once, however often an effect is applied, and one that is kept up to date.
import type { GitHub } from "../github/port.ts";
import { isBot } from "../model/bot.ts";
import type { GitHubEffect } from "../model/effect.ts";
import type { IssueRef } from "../model/github.ts";
import { keptComment } from "../model/kept-comment.ts";
import { sameText, unix } from "../model/same-text.ts";

/** A marker counts only in the bot's own comments: anyone else could plant it to silence the bot. */
export async function comment(
  github: GitHub,
  issue: IssueRef,
  body: string,
  marker?: string,
  { notify, since = "" }: { notify?: true; since?: string } = {},
): Promise<void> {
  if (marker) {
    const bot = await github.read.botLogin();
    const earlier = (await github.read.comments(issue)).some(
      ({ body: text, created_at, user }) =>
        isBot(bot, user.login) && !isOlder(created_at, since) && unix(text).includes(unix(marker)),
    );
    if (earlier) return;
  }
  await github.write.createComment(issue, body, ...(notify ? [{ notify }] : []));
}

/** Only its beginning makes it the one: what others say may be quoted further on in comments of the bot's. */
export async function keepComment(
  github: GitHub,
  { issue, tag, body }: Extract<GitHubEffect, { do: "keepComment" }>,
): Promise<void> {
  const found = keptComment(await github.read.comments(issue), await github.read.botLogin(), tag);
  if (!found) await github.write.createComment(issue, body);
  else if (!sameText(found.body, body)) await github.write.editComment(issue, found.id, body);
}

/** Both are GitHub's times, in seconds; what is not known is not older. */
export const isOlder = (at: string, since: string): boolean =>
  Math.floor(Date.parse(at) / 1000) < Math.floor(Date.parse(since) / 1000);
