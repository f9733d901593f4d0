// /joke: tells a joke.
import type { PluginDeclaration } from "./plugin.ts";

export const yuks: PluginDeclaration = {
  name: "yuks",
  on: ["comment"],
  description: "The yuks plugin comments with jokes in response to the `/joke` command.",
  commands: [
    {
      usage: "/joke",
      description: "Tells a joke.",
      featured: false,
      whoCanUse: "Anyone can use the `/joke` command.",
      examples: ["/joke"],
    },
  ],
};
