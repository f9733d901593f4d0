// Sets the milestone of the branch that a pull request goes to.
import { section } from "../config/plugins-config.ts";
import { map, string } from "../lib/schema.ts";
import type { PullRequestEvent } from "../model/event.ts";
import { repoName } from "../model/github.ts";
import { prRef } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const milestoneApplierSection = section(
  "milestone_applier",
  map(map(string("Title of the milestone.")), "By org/repo and branch."),
);

export const milestoneapplier: Plugin = {
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
  async handle(event, { plugins, read }) {
    if (event.kind !== "pull_request") return [];
    const { pr, repo } = event;
    const title = plugins.get(milestoneApplierSection)?.[repoName(repo)]?.[pr.base.ref];
    if (title === undefined || pr.milestone?.title === title || !isDue(event)) return [];
    const milestone = (await read.milestones(repo)).find((one) => one.title === title);
    if (!milestone)
      throw new Error(
        `The configured milestone ${title} for ${pr.base.ref} branch does not exist in the ${repoName(repo)} repo: open it, or change milestone_applier in plugins.yaml`,
      );
    return [{ do: "setMilestone", issue: prRef(repo, pr), milestone: milestone.number }];
  },
};

/** What goes to the default branch may still be released anywhere, up to the merge. */
function isDue({ action, pr }: PullRequestEvent): boolean {
  if (action === "closed") return pr.merged;
  return action === "opened" && pr.base.repo?.default_branch !== pr.base.ref;
}
