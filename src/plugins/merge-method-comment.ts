// Tells how to ask for another merge method.
import type { PluginDeclaration } from "./plugin.ts";

export const mergeMethodComment: PluginDeclaration = {
  name: "merge-method-comment",
  on: ["pull_request"],
  description:
    "The merge-method-comment plugin adds a comment on how to request a different-from-default merge method to PRs with more than 1 commit",
  commands: [],
};
