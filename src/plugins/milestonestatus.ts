// /status: says how far something is on its way into a milestone.
import type { PluginDeclaration } from "./plugin.ts";
import { type MilestoneOptions, milestoneOf, repoMilestoneSection } from "./repo-milestone.ts";

const summary = ({ maintainers_team: team = "" }: MilestoneOptions): string =>
  `The milestone maintainers team is the GitHub team "${team}"`;

export const milestonestatus: PluginDeclaration = {
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
  explainAll: (plugins) => summary(milestoneOf(plugins, { org: "", repo: "" }) ?? {}),
  explain(plugins, repo) {
    const options = milestoneOf(plugins, repo);
    return options ? summary(options) : "";
  },
};
