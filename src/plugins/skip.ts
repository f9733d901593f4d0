// /skip: takes away what optional jobs that no longer run have left red.
import type { PluginDeclaration } from "./plugin.ts";

export const skip: PluginDeclaration = {
  name: "skip",
  on: ["comment"],
  description:
    "The skip plugin allows users to clean up GitHub stale commit statuses for non-blocking jobs on a PR.",
  commands: [
    {
      usage: "/skip",
      description: "Cleans up GitHub stale commit statuses for non-blocking jobs on a PR.",
      featured: false,
      whoCanUse: "Anyone can trigger this command on a PR.",
      examples: ["/skip"],
    },
  ],
};
