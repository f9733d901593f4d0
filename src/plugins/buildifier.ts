// /buildify: reviews badly formatted Bazel files.
import type { PluginDeclaration } from "./plugin.ts";

export const buildifier: PluginDeclaration = {
  name: "buildifier",
  on: ["comment"],
  description:
    "The buildifier plugin runs buildifier on changes made to Bazel files in a PR. It then creates a new review on the pull request and leaves warnings at the appropriate lines of code.",
  commands: [
    {
      usage: "/buildif(y|ier)",
      description: "Runs buildifier on changes made to Bazel files in a PR",
      featured: false,
      whoCanUse: "Anyone can trigger this command on a PR.",
      examples: ["/buildify", "/buildifier"],
    },
  ],
};
