// /shrug: puts a shrug on an issue or pull request.
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { commentIssue, currentLabels, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const SHRUG = "¯\\_(ツ)_/¯";
/** The same, so that it looks the same in Markdown. */
const SHRUG_MARKDOWN = "¯\\\\\\_(ツ)\\_/¯";

const SHRUG_COMMAND = command("(?mi)^/shrug\\s*$");
const UNSHRUG_COMMAND = command("(?mi)^/unshrug\\s*$");

export const shrug: Plugin = {
  name: "shrug",
  on: ["comment"],
  description: SHRUG,
  commands: [
    {
      usage: "/[un]shrug",
      description: SHRUG,
      featured: false,
      whoCanUse: `Anyone, ${SHRUG}`,
      examples: ["/shrug", "/unshrug"],
    },
  ],
  async handle(event, { read }) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const want = SHRUG_COMMAND.test(event.body);
    if (!want && !UNSHRUG_COMMAND.test(event.body)) return [];
    const issue = commentIssue(event);
    const has = (await currentLabels(event, read)).some(({ name }) => name === SHRUG);
    if (has === want) return [];
    return want
      ? [{ do: "addLabels", issue, labels: [SHRUG] }]
      : [replyTo(issue, quoted(event), SHRUG_MARKDOWN), { do: "removeLabel", issue, label: SHRUG }];
  },
};
