// Reacts with emoji to comments of some and to changes of OWNERS files.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { list, object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const heartSection = section(
  "heart",
  object({
    adorees: list(string("Login of somebody whose comments are reacted to.")),
    commentregexp: pattern("Which of their comments; none without it."),
  }),
);

export const heart: PluginDeclaration = {
  name: "heart",
  on: ["comment", "pull_request"],
  sections: [heartSection],
  description:
    'The heart plugin celebrates certain GitHub actions with the reaction emojis. Emojis are added to pull requests that make additions to OWNERS or OWNERS_ALIASES files and to comments left by specified "adorees".',
  commands: [],
  explainAll(plugins) {
    const { adorees = [], commentregexp = "" } = plugins.get(heartSection) ?? {};
    return `The heart plugin is configured to react to comments,  satisfying the regular expression ${commentregexp}, left by the following GitHub users: ${adorees.join(", ")}.`;
  },
};
