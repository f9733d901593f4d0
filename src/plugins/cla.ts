// Tells by label whether the author has signed the CNCF's licence agreement.
import type { PluginDeclaration } from "./plugin.ts";

export const cla: PluginDeclaration = {
  name: "cla",
  on: ["status", "comment"],
  description:
    "The cla plugin manages the application and removal of the 'cncf-cla' prefixed labels on pull requests as a reaction to the EasyCLA github status context. It is also responsible for warning unauthorized PR authors that they need to sign the CNCF CLA before their PR will be merged.",
  commands: [
    {
      usage: "/check-cla",
      description: "Forces rechecking of the CLA status.",
      featured: true,
      whoCanUse: "Anyone",
      examples: ["/check-cla"],
    },
  ],
};
