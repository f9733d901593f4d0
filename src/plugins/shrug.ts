// /shrug: puts a shrug on an issue or pull request.
import type { PluginDeclaration } from "./plugin.ts";

const SHRUG = "¯\\_(ツ)_/¯";

export const shrug: PluginDeclaration = {
  name: "shrug",
  on: ["comment"],
  description: SHRUG,
  commands: [
    {
      usage: "/[un]shrug",
      description: SHRUG,
      featured: false,
      whoCanUse: `Anyone, ${SHRUG}`,
      examples: ["/shrug", "/unshrug"],
    },
  ],
};
