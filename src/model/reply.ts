// How the bot answers: Prow's reply format, which people's filters and other tools match on.
import { isBot } from "./bot.ts";
import type { GitHubEffect } from "./effect.ts";
import type { IssueRef } from "./github.ts";
import { unix } from "./same-text.ts";

export const ABOUT_THIS_BOT_WITHOUT_COMMANDS =
  "Instructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.";

const ABOUT_THIS_BOT_COMMANDS =
  "I understand the commands that are listed [here](https://go.k8s.io/bot-commands).";

export const ABOUT_THIS_BOT = `${ABOUT_THIS_BOT_WITHOUT_COMMANDS} ${ABOUT_THIS_BOT_COMMANDS}`;

/** The name of a file, which may hold anything, in a comment: no line of the comment begins inside it. */
export const oneLine = (name: string): string => name.replace(/[\r\n]+/g, " ");

/** What is being answered. */
export interface Quoted {
  login: string;
  body: string;
  url: string;
}

/**
 * Whether a comment is the bot's and one of those below, or the one that all of them are parts of: they tell what others
 * wrote (a job's rerun command is a pull request's own), so no line of them is a command of the bot's.
 */
export const isOwnMessage = (bot: string, login: string, comment: string): boolean =>
  isBot(bot, login) &&
  (comment.includes(ABOUT_THIS_BOT_WITHOUT_COMMANDS) || comment.startsWith("<!-- cutwater: "));

/** A message to somebody, with the reason folded away. */
export const formatResponse = (to: string, message: string, reason: string): string =>
  `@${to}: ${message}\n\n<details>\n\n${reason}\n\n${ABOUT_THIS_BOT_WITHOUT_COMMANDS}\n</details>`;

/** A message to nobody in particular, which needs no reason. */
export const formatSimple = (message: string): string =>
  `${message}\n\n<details>\n\n${ABOUT_THIS_BOT_WITHOUT_COMMANDS}\n</details>`;

/** Also after a lone carriage return, which ends a line of Markdown too: no line of a quote may look like the bot's. */
const LINE_START = /^|(?<=\n|\r(?!\n))/g;

/** What the bot says itself in a comment: without the lines that it quotes. */
export const ownWords = (comment: string): string =>
  comment
    .split("\n")
    .filter((line) => !line.startsWith(">"))
    .join("\n");

/** A message to who wrote something, quoting it. */
export function formatReply({ login, body, url }: Quoted, message: string): string {
  const quote = body.replace(LINE_START, ">");
  return formatResponse(login, message, `In response to [this](${url}):\n\n${quote}\n`);
}

/** Address of what the bot's comment answers, as formatReply writes it; undefined when it is no answer. */
export function answeredURL(comment: string): string | undefined {
  const before = "\n\n<details>\n\nIn response to [this](";
  const text = unix(comment);
  const at = text.indexOf(before);
  if (at === -1 || !/^@\S+: /.test(text)) return undefined;
  const from = at + before.length;
  const end = text.indexOf("):\n\n", from);
  return end === -1 ? undefined : text.slice(from, end);
}

/** Posts the answer; once, however often the event is worked on. `since`: when it came, if the quote does not tell. */
export function replyTo(issue: IssueRef, quoted: Quoted, message: string, since?: string): GitHubEffect {
  const body = formatReply(quoted, message);
  const reply = { do: "createComment", issue, body, marker: body.trim() } as const;
  return since === undefined ? reply : { ...reply, since };
}

/** What the bot says unasked, to nobody in particular; once for each event, which came at that time. */
export function announce(issue: IssueRef, body: string, at: string | undefined): GitHubEffect {
  return { do: "createComment", issue, body, marker: body.trim(), since: at ?? "" };
}
