// Labels what mentions a team of a special interest group.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { regex } from "../lib/re2.ts";
import { object } from "../lib/schema.ts";
import { isBot } from "../model/bot.ts";
import type { Effect } from "../model/effect.ts";
import { hasLabel } from "../model/labels.ts";
import { replyTo } from "../model/reply.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const MENTION =
  "(?m)@kubernetes/sig-([\\w-]*)-(misc|test-failures|bugs|feature-requests|proposals|pr-reviews|api-reviews)";

/** Each is repeated in the answer to a stranger. */
const MOST_MENTIONS = 100;

const KINDS = new Map([
  ["bugs", "kind/bug"],
  ["feature-requests", "kind/feature"],
  ["api-reviews", "kind/api-change"],
  ["proposals", "kind/design"],
]);

const sigmentionSection = section(
  "sigmention",
  object({
    regexp: pattern(
      "A mention of a team: its first group names sig/*, its second (bugs, feature-requests, api-reviews, proposals) kind/*. Default: the teams of Kubernetes.",
    ),
  }),
  { complete: (written = {}) => ({ regexp: written.regexp || MENTION }) },
);

export const sigmention: Plugin = {
  name: "sigmention",
  on: ["comment"],
  sections: [sigmentionSection],
  description: `The sigmention plugin responds to SIG (Special Interest Group) GitHub team mentions like '@kubernetes/sig-testing-bugs'. The plugin responds in two ways:
<ol><li> The appropriate 'sig/*' and 'kind/*' labels are applied to the issue or pull request. In this case 'sig/testing' and 'kind/bug'.</li>
<li> If the user who mentioned the GitHub team is not a member of the organization that owns the repository the bot will create a comment that repeats the mention. This is necessary because non-member mentions do not trigger GitHub notifications.</li></ol>`,
  commands: [],
  explainAll: (plugins) =>
    `Labels added by the plugin are triggered by mentions of GitHub teams matching the following regexp:\n${plugins.get(sigmentionSection).regexp}`,
  async handle(event, { bot, plugins, read }) {
    if (event.kind !== "comment" || event.action !== "created" || isBot(bot, event.author.login)) return [];
    const mentions = regex(plugins.get(sigmentionSection).regexp).matchAll(event.body, MOST_MENTIONS);
    if (mentions.length === 0) return [];

    const { author, repo } = event;
    const issue = commentIssue(event);
    const inRepo = new Map((await read.repositoryLabels(repo)).map(({ name }) => [name.toLowerCase(), name]));
    const found = mentions.flatMap(([mention = "", group = "", topic = ""]) => {
      const sig = inRepo.get(`sig/${group}`.toLowerCase());
      return sig === undefined ? [] : [{ mention, labels: [sig, KINDS.get(topic) ?? sig] }];
    });
    if (found.length === 0) return [];
    const now = await read.issueLabels(issue);
    const wanted = new Set(found.flatMap(({ labels }) => labels).filter((name) => !hasLabel(name, now)));
    const add: Effect[] = wanted.size > 0 ? [{ do: "addLabels", issue, labels: [...wanted] }] : [];
    // GitHub notifies nobody whom a stranger mentions.
    if (await read.isMember(repo.org, author.login)) return add;
    const again = found.map(({ mention }) => mention).join(", ");
    const message = `Reiterating the mentions to trigger a notification: \n${again}\n`;
    return [...add, replyTo(issue, quoted(event), message)];
  },
};
