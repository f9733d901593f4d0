// /milestone: sets the milestone of an issue or pull request.
import { compareText } from "../lib/compare-text.ts";
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent } from "../model/event.ts";
import { replyTo } from "../model/reply.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import { explained, type MilestoneOptions, refuseStranger, repoMilestoneSection } from "./repo-milestone.ts";

const MILESTONE = command("(?m)^/milestone\\s+(.+?)\\s*$");
const CLEAR = "clear";

const summary = ({ maintainers_team: team = "", maintainers_id: id = 0 }: MilestoneOptions): string =>
  `The milestone maintainers team is the GitHub team "${team}" with ID: ${id}.`;

export const milestone: Plugin = {
  name: "milestone",
  on: ["comment"],
  sections: [repoMilestoneSection],
  description:
    "The milestone plugin allows members of a configurable GitHub team to set the milestone on an issue or pull request.",
  commands: [
    {
      usage: "/milestone <version> or /milestone clear",
      description: "Updates the milestone for an issue or PR",
      featured: false,
      whoCanUse: "Members of the milestone maintainers GitHub team can use the '/milestone' command.",
      examples: ["/milestone v1.10", "/milestone v1.9", "/milestone clear"],
    },
  ],
  ...explained(summary),
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const title = MILESTONE.all(event.body)[0]?.[1];
    return title ? setMilestone(event, title, context) : [];
  },
};

async function setMilestone(event: CommentEvent, title: string, context: Context): Promise<Effect[]> {
  const { author, repo } = event;
  const issue = commentIssue(event);
  const deed = { deed: "set the milestone", command: "/milestone" };
  const refusal = await refuseStranger(author.login, repo, deed, context);
  if (refusal) return [replyTo(issue, quoted(event), refusal)];
  if (title === CLEAR) return [{ do: "setMilestone", issue, milestone: null }];
  const all = await context.read.milestones(repo);
  const found = all.find((one) => one.title === title);
  if (found) return [{ do: "setMilestone", issue, milestone: found.number }];
  const titles = all.map((one) => `\`${one.title}\``).sort(compareText);
  const message = `The provided milestone is not valid for this repository. Milestones in this repository: [${titles.join(", ")}]\n\nUse \`/milestone ${CLEAR}\` to clear the milestone.`;
  return [replyTo(issue, quoted(event), message)];
}
