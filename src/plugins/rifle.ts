// Asks the reviewers who know the changed lines best.
import type { PluginDeclaration } from "./plugin.ts";
import { reviewersSection, reviewersSummary } from "./reviewers.ts";

const rifleSection = reviewersSection("rifle");

export const rifle: PluginDeclaration = {
  name: "rifle",
  on: ["pull_request", "status", "comment"],
  sections: [rifleSection],
  description:
    "The rifle plugin automatically requests reviews from reviewers when a new PR is created. Unlike blunderbuss (which selects randomly), rifle uses git blame data to identify reviewers most familiar with the changed code.",
  commands: [
    {
      usage: "/auto-cc",
      description:
        "Manually request reviews from reviewers for a PR. Useful if OWNERS files were updated since the PR was opened, or PR was changed significantly.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/auto-cc"],
    },
  ],
  explainAll: (plugins) => reviewersSummary("rifle", plugins.get(rifleSection)),
};
