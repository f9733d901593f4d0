// /meow: shows a cat.
import { section } from "../config/plugins-config.ts";
import { object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const catSection = section(
  "cat",
  object({ key_path: string("Path of a file with an API key for thecatapi.com.") }),
);

export const cat: PluginDeclaration = {
  name: "cat",
  on: ["comment"],
  sections: [catSection],
  description: "The cat plugin adds a cat image to an issue or PR in response to the `/meow` command.",
  commands: [
    {
      usage: "/meow(vie) [CATegory]",
      description: "Add a cat image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/meow", "/meow caturday", "/meowvie clothes"],
    },
  ],
  explainAll: (plugins) =>
    `The cat plugin uses an api key for thecatapi.com stored in ${plugins.get(catSection)?.key_path ?? ""}.`,
};
