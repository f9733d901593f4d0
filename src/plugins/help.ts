// /help and /good-first-issue: marks issues that wait for a contributor.
import { section } from "../config/plugins-config.ts";
import { object, string } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent } from "../model/event.ts";
import { GOOD_FIRST_ISSUE, HELP, hasLabel } from "../model/labels.ts";
import { replyTo } from "../model/reply.ts";
import { commentIssue, currentLabels, quoted } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";

const GUIDELINES_URL = "https://git.k8s.io/community/contributors/guide/help-wanted.md";

const helpSection = section(
  "help",
  object({
    help_guidelines_url: string("When to use the labels; default: the guide of the Kubernetes community."),
    help_guidelines_summary: string("Shown when a label is set."),
  }),
  {
    complete: (written = {}) => ({
      ...written,
      help_guidelines_url: written.help_guidelines_url || GUIDELINES_URL,
    }),
  },
);

const ADD_HELP = command("(?mi)^/help\\s*$");
const REMOVE_HELP = command("(?mi)^/remove-help\\s*$");
const ADD_GOOD_FIRST = command("(?mi)^/good-first-issue\\s*$");
const REMOVE_GOOD_FIRST = command("(?mi)^/remove-good-first-issue\\s*$");

const NEEDS_HELP = "This request has been marked as needing help from a contributor.";
const SUITS_NEWCOMERS = "This request has been marked as suitable for new contributors.";

export const help: Plugin = {
  name: "help",
  on: ["comment"],
  sections: [helpSection],
  description: `The help plugin provides commands that add or remove the '${HELP}' and the '${GOOD_FIRST_ISSUE}' labels from issues.`,
  commands: [
    {
      usage: "/[remove-](help|good-first-issue)",
      description: `Applies or removes the '${HELP}' and '${GOOD_FIRST_ISSUE}' labels to an issue.`,
      featured: false,
      whoCanUse: "Anyone can trigger this command on a PR.",
      examples: ["/help", "/remove-help", "/good-first-issue", "/remove-good-first-issue"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    if (event.isPR || event.issue.state !== "open") return [];
    if (![ADD_HELP, REMOVE_HELP, ADD_GOOD_FIRST, REMOVE_GOOD_FIRST].some((c) => c.test(event.body)))
      return [];
    const labels = await currentLabels(event, context.read);
    return act(event, hasLabel(HELP, labels), hasLabel(GOOD_FIRST_ISSUE, labels), context);
  },
};

/** One thing a comment, in this order; "good first issue" implies "help wanted". */
async function act(
  event: CommentEvent,
  hasHelp: boolean,
  hasGoodFirst: boolean,
  context: Context,
): Promise<Effect[]> {
  const issue = commentIssue(event);
  const { body } = event;
  const remove = (label: string): Effect => ({ do: "removeLabel", issue, label });
  const unsay = (text: string) => pruneComments(issue, context, (words) => words.includes(text));
  if (hasHelp && REMOVE_HELP.test(body)) {
    const onlyHelp = [remove(HELP), ...(await unsay(NEEDS_HELP))];
    return hasGoodFirst
      ? [...onlyHelp, remove(GOOD_FIRST_ISSUE), ...(await unsay(SUITS_NEWCOMERS))]
      : onlyHelp;
  }
  if (!hasGoodFirst && ADD_GOOD_FIRST.test(body)) {
    const labels = hasHelp ? [GOOD_FIRST_ISSUE] : [GOOD_FIRST_ISSUE, HELP];
    return announce(event, SUITS_NEWCOMERS, "#good-first-issue", "/remove-good-first-issue", labels, context);
  }
  if (!hasHelp && ADD_HELP.test(body)) {
    return announce(event, NEEDS_HELP, "", "/remove-help", [HELP], context);
  }
  if (hasGoodFirst && REMOVE_GOOD_FIRST.test(body)) {
    return [remove(GOOD_FIRST_ISSUE), ...(await unsay(SUITS_NEWCOMERS))];
  }
  return [];
}

function announce(
  event: CommentEvent,
  marked: string,
  anchor: string,
  undo: string,
  labels: string[],
  { plugins }: Context,
): Effect[] {
  const issue = commentIssue(event);
  const options = plugins.get(helpSection);
  const url = options.help_guidelines_url + anchor;
  const summary = options.help_guidelines_summary;
  const requirements = summary
    ? `### Guidelines\n${summary}\n\nFor more details on the requirements of such an issue, please see [here](${url}) and ensure that they are met.`
    : `Please ensure the request meets the requirements listed [here](${url}).`;
  const message = `\n\t${marked}\n\n${requirements}\n\nIf this request no longer meets these requirements, the label can be removed\nby commenting with the \`${undo}\` command.\n`;
  return [
    replyTo(issue, { ...quoted(event), url: event.issue.htmlUrl }, message),
    { do: "addLabels", issue, labels },
  ];
}
