// /status: says how far something is on its way into a milestone.
import { command } from "../model/commands.ts";
import { announce } from "../model/reply.ts";
import { commentIssue } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";
import { explained, type MilestoneOptions, refuseStranger, repoMilestoneSection } from "./repo-milestone.ts";

const STATUS = command("(?m)^/status\\s+(.+)$");
const STATUSES = ["approved-for-milestone", "in-progress", "in-review"];

const summary = ({ maintainers_team: team = "" }: MilestoneOptions): string =>
  `The milestone maintainers team is the GitHub team "${team}"`;

export const milestonestatus: Plugin = {
  name: "milestonestatus",
  on: ["comment"],
  sections: [repoMilestoneSection],
  description:
    "The milestonestatus plugin allows members of the milestone maintainers GitHub team to specify the 'status/*' label that should apply to a pull request.",
  commands: [
    {
      usage: "/status (approved-for-milestone|in-progress|in-review)",
      description: "Applies the 'status/' label to a PR.",
      featured: false,
      whoCanUse:
        "Members of the milestone maintainers GitHub team can use the '/status' command. This team is specified in the config by providing the GitHub team's ID.",
      examples: ["/status approved-for-milestone", "/status in-progress", "/status in-review"],
    },
  ],
  ...explained(summary),
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const asked = STATUS.all(event.body).map(([, name = ""]) => name.trim());
    if (asked.length === 0) return [];
    const issue = commentIssue(event);
    const deed = { deed: "add status labels", command: "/status" };
    const refusal = await refuseStranger(event.author.login, event.repo, deed, context);
    // The words do not tell whom they answer, so only the time does.
    if (refusal) return [announce(issue, refusal, event.at)];
    const known = [...new Set(asked.filter((name) => STATUSES.includes(name)))];
    return known.length > 0
      ? [{ do: "addLabels", issue, labels: known.map((name) => `status/${name}`) }]
      : [];
  },
};
