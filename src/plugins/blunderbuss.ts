// Asks reviewers at random.
import type { PluginDeclaration } from "./plugin.ts";
import { reviewersSection, reviewersSummary } from "./reviewers.ts";

const blunderbussSection = reviewersSection("blunderbuss");

export const blunderbuss: PluginDeclaration = {
  name: "blunderbuss",
  on: ["pull_request", "status", "comment"],
  sections: [blunderbussSection],
  description:
    "The blunderbuss plugin automatically requests reviews from reviewers when a new PR is created. The reviewers are selected randomly from the OWNERS files that apply to the files modified by the PR.",
  commands: [
    {
      usage: "/auto-cc",
      description:
        "Manually request reviews from reviewers for a PR. Useful if OWNERS file were updated since the PR was opened.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/auto-cc"],
    },
  ],
  explainAll: (plugins) => reviewersSummary("blunderbuss", plugins.get(blunderbussSection)),
};
