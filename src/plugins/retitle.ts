// /retitle: gives an issue or pull request another title.
import { section } from "../config/plugins-config.ts";
import { boolean, object } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const retitleSection = section(
  "retitle",
  object({ allow_closed_issues: boolean("Also what is closed or merged.") }),
);

export const retitle: PluginDeclaration = {
  name: "retitle",
  on: ["comment"],
  sections: [retitleSection],
  description:
    "The retitle plugin allows users to re-title pull requests and issues where GitHub permissions don't allow them to.",
  commands: [
    {
      usage: "/retitle <title>",
      description: "Edits the pull request or issue title.",
      featured: true,
      whoCanUse: "Collaborators on the repository.",
      examples: ["/retitle New Title"],
    },
  ],
  explainAll: (plugins) =>
    plugins.get(retitleSection)?.allow_closed_issues
      ? "The retitle plugin also allows retitling closed/merged issues and PRs."
      : "The retitle plugin does not allow retitling closed/merged issues and PRs.",
};
