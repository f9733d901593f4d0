// Tells new pull requests of Kubernetes about a freeze.
import type { PluginDeclaration } from "./plugin.ts";

export const testfreeze: PluginDeclaration = {
  name: "testfreeze",
  on: ["pull_request"],
  description:
    "The testfreeze plugin adds additional documentation about Code Freeze and Test Freeze periods, including milestone requirements and cherry-pick processes.",
  commands: [],
};
