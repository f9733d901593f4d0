// Reacts with emoji to comments of some and to changes of OWNERS files.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { regex } from "../lib/re2.ts";
import { list, object, string } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent, PullRequestEvent } from "../model/event.ts";
import type { Reaction } from "../model/github.ts";
import { commentIssue, prRef } from "./event-issue.ts";
import { ownersSettings } from "./owners-of.ts";
import type { Context, Plugin } from "./plugin.ts";

const REACTIONS: readonly Reaction[] = ["+1", "heart", "hooray"];

const heartSection = section(
  "heart",
  object({
    adorees: list(string("Login of somebody whose comments are reacted to.")),
    commentregexp: pattern("Which of their comments; none without it."),
  }),
);

export const heart: Plugin = {
  name: "heart",
  on: ["comment", "pull_request"],
  sections: [heartSection],
  description:
    'The heart plugin celebrates certain GitHub actions with the reaction emojis. Emojis are added to pull requests that make additions to OWNERS or OWNERS_ALIASES files and to comments left by specified "adorees".',
  commands: [],
  explainAll(plugins) {
    const { adorees = [], commentregexp = "" } = plugins.get(heartSection) ?? {};
    return `The heart plugin is configured to react to comments,  satisfying the regular expression ${commentregexp}, left by the following GitHub users: ${adorees.join(", ")}.`;
  },
  async handle(event, context) {
    if (event.kind === "comment") return onComment(event, context);
    return event.kind === "pull_request" ? onPullRequest(event, context) : [];
  },
};

const anyReaction = ({ random }: Context): Reaction => REACTIONS[Math.floor(random() * REACTIONS.length)]!;

/** Comments on pull requests alone: neither their text nor reviews. */
function onComment(event: CommentEvent, context: Context): Effect[] {
  const { adorees = [], commentregexp = "" } = context.plugins.get(heartSection) ?? {};
  const { action, author, body, commentId, isPR, source } = event;
  if (source !== "issue_comment" || commentId === undefined || action !== "created" || !isPR) return [];
  if (commentregexp === "" || !adorees.includes(author.login) || !regex(commentregexp).test(body)) return [];
  return [{ do: "react", issue: commentIssue(event), commentId, reaction: anyReaction(context) }];
}

async function onPullRequest({ action, pr, repo }: PullRequestEvent, context: Context): Promise<Effect[]> {
  if (action !== "opened") return [];
  const issue = prRef(repo, pr);
  const { aliasesFilename, filename } = ownersSettings(repo, context.config, context.plugins);
  const files = await context.read.changedFiles(issue);
  const adds = files.some(({ additions, filename: path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return (name === filename || name === aliasesFilename) && additions > 0;
  });
  return adds ? [{ do: "react", issue, reaction: anyReaction(context) }] : [];
}
