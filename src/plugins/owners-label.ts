// Labels pull requests as the OWNERS files of what they change say.
import type { PluginDeclaration } from "./plugin.ts";

export const ownersLabel: PluginDeclaration = {
  name: "owners-label",
  on: ["pull_request"],
  description:
    "The owners-label plugin automatically adds labels to PRs based on the files they touch. Specifically, the 'labels' sections of OWNERS files are used to determine which labels apply to the changes.",
  commands: [],
};
