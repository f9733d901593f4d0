// Sets the milestone of the branch that a pull request goes to.
import { section } from "../config/plugins-config.ts";
import { map, string } from "../lib/schema.ts";
import { repoName } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const milestoneApplierSection = section(
  "milestone_applier",
  map(map(string("Title of the milestone.")), "By org/repo and branch."),
);

export const milestoneapplier: PluginDeclaration = {
  name: "milestoneapplier",
  on: ["pull_request"],
  sections: [milestoneApplierSection],
  description:
    "The milestoneapplier plugin automatically applies the configured milestone for the base branch after a PR is merged. If a PR targets a non-default branch, it also adds the milestone when the PR is opened.",
  commands: [],
  explain(plugins, repo) {
    const branches = Object.entries(plugins.get(milestoneApplierSection)?.[repoName(repo)] ?? {});
    const lines = branches.map(([branch, milestone]) => `- \`${branch}\`: \`${milestone}\``);
    return `The configured branches and milestones for this repo are:\n${lines.join("\n")}`;
  },
};
