// /milestone: sets the milestone of an issue or pull request.
import type { PluginDeclaration } from "./plugin.ts";
import { type MilestoneOptions, milestoneOf, repoMilestoneSection } from "./repo-milestone.ts";

const summary = ({ maintainers_team: team = "", maintainers_id: id = 0 }: MilestoneOptions): string =>
  `The milestone maintainers team is the GitHub team "${team}" with ID: ${id}.`;

export const milestone: PluginDeclaration = {
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
  explainAll: (plugins) => summary(milestoneOf(plugins, { org: "", repo: "" }) ?? {}),
  explain(plugins, repo) {
    const options = milestoneOf(plugins, repo);
    return options ? summary(options) : "";
  },
};
