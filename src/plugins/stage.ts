// /stage: labels an issue as alpha, beta or stable.
import { command } from "../model/commands.ts";
import { exclusiveLabels } from "./exclusive-labels.ts";
import type { Plugin } from "./plugin.ts";

const STAGES = {
  pattern: command("(?mi)^/(remove-)?stage (alpha|beta|stable)\\s*$"),
  prefix: "stage/",
  names: ["alpha", "beta", "stable"],
};

export const stage: Plugin = {
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
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    return exclusiveLabels(event, STAGES, context);
  },
};
