// /project: puts an issue or pull request on a board.
import { type PluginsConfig, section } from "../config/plugins-config.ts";
import { printed } from "../lib/go/value.ts";
import { integer, map, object, string } from "../lib/schema.ts";
import type { RepoRef } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const columns = map(string("Column that is meant when none is named."), "By name of the project.");

const projectSection = section(
  "project_config",
  object({
    project_org_configs: map(
      object({
        org_maintainers_team_id: integer("ID of the team whose members may use the command."),
        org_default_column_map: columns,
        project_repo_configs: map(
          object({
            repo_maintainers_team_id: integer("ID of the team whose members may use the command."),
            repo_default_column_map: columns,
          }),
          "By name of the repository, without the org, for which they count instead of the org's.",
        ),
      }),
      "By org.",
    ),
  }),
);

/** What counts for a repository; undefined when its org is not configured. */
function projectsOf(plugins: PluginsConfig, { org, repo }: RepoRef) {
  const ofOrg = plugins.get(projectSection)?.project_org_configs?.[org];
  if (!ofOrg) return undefined;
  const ofRepo = ofOrg.project_repo_configs?.[repo];
  return ofRepo
    ? { team: ofRepo.repo_maintainers_team_id ?? 0, columns: ofRepo.repo_default_column_map ?? {} }
    : { team: ofOrg.org_maintainers_team_id ?? 0, columns: ofOrg.org_default_column_map ?? {} };
}

export const project: PluginDeclaration = {
  name: "project",
  on: ["comment"],
  sections: [projectSection],
  description:
    "The project plugin allows members of a GitHub team to set the project and column on an issue or pull request.",
  commands: [
    {
      usage: "/project <board>, /project <board> <column>, or /project clear <board>",
      description: "Add an issue or PR to a project board and column",
      featured: false,
      whoCanUse: "Members of the project maintainer GitHub team can use the '/project' command.",
      examples: ["/project 0.5.0", "/project 0.5.0 To do", "/project clear 0.4.0"],
    },
  ],
  explain(plugins, repo) {
    const projects = projectsOf(plugins, repo);
    if (!projects || projects.team === -1)
      return "There are no maintainer team specified for this repo or its org.";
    if (Object.keys(projects.columns).length > 0)
      return `An issue/PR with unspecified column will be added to one of the following columns: ${printed(projects.columns)}.`;
    return `The project maintainers team is the github team with ID: ${projects.team}.`;
  },
};
