// Holds pull requests up that contain merge commits.
import type { PluginDeclaration } from "./plugin.ts";

export const mergecommitblocker: PluginDeclaration = {
  name: "mergecommitblocker",
  on: ["pull_request"],
  description:
    "The merge commit blocker plugin adds the do-not-merge/contains-merge-commits label to pull requests that contain merge commits",
  commands: [],
};
