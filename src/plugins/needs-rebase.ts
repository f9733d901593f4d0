// Labels pull requests that conflict with their base.
import type { PluginDeclaration } from "./plugin.ts";

export const needsRebase: PluginDeclaration = {
  name: "needs-rebase",
  external: true,
  on: ["comment", "pull_request"],
  description: `The needs-rebase plugin manages the 'needs-rebase' label by removing it from Pull Requests that are mergeable and adding it to those which are not.
The plugin reacts to commit changes on PRs in addition to periodically scanning all open PRs for any changes to mergeability that could have resulted from changes in other PRs.`,
  commands: [],
};
