// /honk: shows a goose.
import { section } from "../config/plugins-config.ts";
import { object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const gooseSection = section(
  "goose",
  object({ key_path: string("Path of a file with an API key for unsplash.com.") }),
);

export const goose: PluginDeclaration = {
  name: "goose",
  on: ["comment"],
  sections: [gooseSection],
  description: "The goose plugin adds a goose image to an issue or PR in response to the `/honk` command.",
  commands: [
    {
      usage: "/honk",
      description: "Add a goose image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/honk"],
    },
  ],
  explainAll: (plugins) =>
    `The goose plugin uses an api key for unsplash.com stored in ${plugins.get(gooseSection)?.key_path ?? ""}.`,
};
