// /cherrypick: the same change on another branch, as a pull request of its own.
import type { PluginDeclaration } from "./plugin.ts";

export const cherrypicker: PluginDeclaration = {
  name: "cherrypicker",
  external: true,
  on: ["comment", "pull_request"],
  description:
    "The cherrypick plugin is used for cherrypicking PRs across branches. For every successful cherrypick invocation a new PR is opened against the target branch and assigned to the requester. If the parent PR contains a release note, it is copied to the cherrypick PR. Kind labels (e.g. kind/bug, kind/cleanup) from the original PR are copied into the cherry-pick PR description as /kind commands so the bot can re-apply them.",
  commands: [
    {
      usage: "/cherrypick [branch]",
      description:
        "Cherrypick a PR to a different branch. This command works both in merged PRs (the cherrypick PR is opened immediately) and open PRs (the cherrypick PR opens as soon as the original PR merges). If multiple branches are specified, separated by a space, a cherrypick for the first branch will be created with a comment to cherrypick the remaining branches after the first merges.",
      featured: true,
      whoCanUse: "Members of the trusted organization for the repo.",
      examples: [
        "/cherrypick release-3.9",
        "/cherry-pick release-1.15",
        "/cherrypick release-1.6 release-1.5 release-1.4",
      ],
    },
  ],
};
