// Links what is said here and the Jira issues that it names.
import { section } from "../config/plugins-config.ts";
import { list, object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const jiraSection = section(
  "jira",
  object({
    disabled_jira_projects: list(string("A project whose issues are never linked, in any case of letters.")),
  }),
);

export const jira: PluginDeclaration = {
  name: "jira",
  on: ["comment"],
  sections: [jiraSection],
  description: "The Jira plugin links Pull Requests and Issues to Jira issues",
  commands: [],
};
