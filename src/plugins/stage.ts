// /stage: labels an issue as alpha, beta or stable.
import type { PluginDeclaration } from "./plugin.ts";

export const stage: PluginDeclaration = {
  name: "stage",
  on: ["comment"],
  description: "Label the stage of an issue as alpha/beta/stable",
  commands: [
    {
      usage: "/[remove-]stage <alpha|beta|stable>",
      description: "Labels the stage of an issue as alpha/beta/stable",
      featured: false,
      whoCanUse: "Anyone can trigger this command.",
      examples: ["/stage alpha", "/remove-stage alpha"],
    },
  ],
};
