// /pony: shows a pony.
import type { PluginDeclaration } from "./plugin.ts";

export const pony: PluginDeclaration = {
  name: "pony",
  on: ["comment"],
  description: "The pony plugin adds a pony image to an issue or PR in response to the `/pony` command.",
  commands: [
    {
      usage: "/(pony) [pony]",
      description:
        "Add a little pony image to the issue or PR. A particular pony can optionally be named for a picture of that specific pony.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/pony", "/pony Twilight Sparkle"],
    },
  ],
};
