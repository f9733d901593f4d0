// /refresh: sets the statuses of a pull request anew.
import type { PluginDeclaration } from "./plugin.ts";

export const refresh: PluginDeclaration = {
  name: "refresh",
  external: true,
  on: ["comment"],
  description:
    "The refresh plugin is used for refreshing status contexts in PRs. Useful in case GitHub breaks down.",
  commands: [
    {
      usage: "/refresh",
      description: "Refresh status contexts on a PR.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/refresh"],
    },
  ],
};
