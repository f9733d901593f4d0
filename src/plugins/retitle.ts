// /retitle: gives an issue or pull request another title.
import { section } from "../config/plugins-config.ts";
import { boolean, object } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { CLOSING_KEYWORDS } from "./closing-keywords.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";
import { isTrustedUser, triggerFor } from "./trust.ts";

/** The title may stand on a later line. */
const RETITLE = command("(?mi)^/retitle\\s*(.*)$");

const retitleSection = section(
  "retitle",
  object({ allow_closed_issues: boolean("Also what is closed or merged.") }),
);

export const retitle: Plugin = {
  name: "retitle",
  on: ["comment"],
  sections: [retitleSection],
  description:
    "The retitle plugin allows users to re-title pull requests and issues where GitHub permissions don't allow them to.",
  commands: [
    {
      usage: "/retitle <title>",
      description: "Edits the pull request or issue title.",
      featured: true,
      whoCanUse: "Collaborators on the repository.",
      examples: ["/retitle New Title"],
    },
  ],
  explainAll: (plugins) =>
    plugins.get(retitleSection)?.allow_closed_issues
      ? "The retitle plugin also allows retitling closed/merged issues and PRs."
      : "The retitle plugin does not allow retitling closed/merged issues and PRs.",
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const { plugins } = context;
    if (event.issue.state !== "open" && !plugins.get(retitleSection)?.allow_closed_issues) return [];
    const [found] = RETITLE.all(event.body);
    if (!found) return [];
    const issue = commentIssue(event);
    const title = found[1]!.trim();
    const trusted = await isTrustedUser(
      event.author.login,
      event.repo,
      triggerFor(plugins, event.repo),
      context,
    );
    const refusal = trusted ? refused(title) : UNTRUSTED;
    return refusal ? [replyTo(issue, quoted(event), refusal)] : [{ do: "editIssue", issue, title }];
  },
};

const UNTRUSTED = "Re-titling can only be requested by trusted users, like repository collaborators.";

function refused(title: string): string | undefined {
  if (title === "") return "Titles may not be empty.";
  return CLOSING_KEYWORDS.test(title)
    ? "Titles may not contain [keywords](https://help.github.com/articles/closing-issues-using-keywords) which can automatically close issues."
    : undefined;
}
