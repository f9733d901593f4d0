// Welcomes new approvers and reviewers.
import type { PluginDeclaration } from "./plugin.ts";

export const rewardOwners: PluginDeclaration = {
  name: "reward-owners",
  on: ["pull_request"],
  description:
    "The reward-owners plugin watches in OWNERS and OWNERS_ALIASES files for modifications and welcomes new approvers and reviewers.",
  commands: [],
};
