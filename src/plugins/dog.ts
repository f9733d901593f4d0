// /woof: shows a dog.
import type { PluginDeclaration } from "./plugin.ts";

export const dog: PluginDeclaration = {
  name: "dog",
  on: ["comment"],
  description: "The dog plugin adds a dog image to an issue or PR in response to the `/woof` command.",
  commands: [
    {
      usage: "/(woof|bark|this-is-{fine|not-fine|unbearable})",
      description: "Add a dog image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/woof", "/bark", "/this-is-{fine|not-fine|unbearable}"],
    },
  ],
};
