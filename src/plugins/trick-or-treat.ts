// /trick-or-treat: shows a sweet.
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { boundedWeb, firstOf } from "./bounded-web.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";
import { CANDIES } from "./trick-or-treat/candies.ts";

const TRICK_OR_TREAT = command("(?mi)^/trick(\\-)?or(\\-)?treat(?: (.+))?\\s*$");
const ATTEMPTS = 9;

export const trickOrTreat: Plugin = {
  name: "trick-or-treat",
  on: ["comment"],
  description:
    "The trick-or-treat plugin adds a candy image to an issue or PR in response to the `/trick-or-treat` command.",
  commands: [
    {
      usage: "/trick(-)or(-)treat",
      description: "Add a candy image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/trick-or-treat", "/trickortreat"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created" || !TRICK_OR_TREAT.test(event.body)) return [];
    const web = boundedWeb(context);
    const picture = await firstOf(
      ATTEMPTS,
      () => web.picture(CANDIES[Math.floor(context.random() * CANDIES.length)]),
      (error) => context.log.error({ error }, "Failed to get img"),
    );
    if (picture === undefined) return [];
    return [replyTo(commentIssue(event), quoted(event), `![candy image](${picture})`)];
  },
};
