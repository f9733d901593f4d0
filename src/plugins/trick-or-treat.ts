// /trick-or-treat: shows a sweet.
import type { PluginDeclaration } from "./plugin.ts";

export const trickOrTreat: PluginDeclaration = {
  name: "trick-or-treat",
  on: ["comment"],
  description:
    "The trick-or-treat plugin adds a candy image to an issue or PR in response to the `/trick-or-treat` command.",
  commands: [
    {
      usage: "/trick(-)or(-)treat",
      description: "Add a candy image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/trick-or-treat", "/trickortreat"],
    },
  ],
};
