// Puts issues and pull requests on boards by their labels.
import { type Judge, section } from "../config/plugins-config.ts";
import { printed } from "../lib/go/value.ts";
import { type Infer, integer, list, map, object, string } from "../lib/schema.ts";
import { repoName } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const columnSchema = object({
  id: integer("ID of the column; it or the name has to be given."),
  name: string("Name of the column."),
  state: string("open, closed or all."),
  labels: list(string("A label; it has to have all of them.")),
  org: string("The org that it has to be in."),
});
type Column = Infer<typeof columnSchema>;

const projectManagerSection = section(
  "project_manager",
  object({
    orgsRepos: map(
      object({ projects: map(object({ columns: list(columnSchema) }), "By name of the project.") }),
      "By org or org/repo.",
    ),
  }),
  {
    check({ orgsRepos = {} }, judge) {
      for (const [scope, { projects = {} }] of Object.entries(orgsRepos)) {
        if (Object.keys(projects).length === 0)
          judge.error(`Org/repo: ${scope}, has no projects configured`, ["orgsRepos", scope]);
        for (const [name, { columns = [] }] of Object.entries(projects))
          checkColumns(scope, name, columns, judge);
      }
    },
  },
);

function checkColumns(scope: string, project: string, columns: Column[], judge: Judge): void {
  const path = ["orgsRepos", scope, "projects", project];
  const at = `Org/repo: ${scope}, project ${project}`;
  if (columns.length === 0) judge.error(`${at}, has no columns configured`, path);
  const known = new Set<string>();
  for (const [i, { id, name = "", labels = [], org = "" }] of columns.entries()) {
    const here = [...path, "columns", i];
    if (id === undefined && name === "") judge.error(`${at}, column ${i}, has no name/id configured`, here);
    if (labels.length === 0) judge.error(`${at}, column ${name}, has no labels configured`, here);
    if (org === "") judge.error(`${at}, column ${name}, has no org configured`, here);
    const set = JSON.stringify([...new Set(labels)].sort());
    if (known.has(set))
      judge.error(`${at}, column ${name} has same labels configured as another column`, here);
    known.add(set);
  }
}

export const projectManager: PluginDeclaration = {
  name: "project-manager",
  on: ["issue", "pull_request"],
  sections: [projectManagerSection],
  description:
    "The project-manager plugin automatically adds Pull Requests to specified GitHub Project Columns, if the label on the PR matches with configured project and the column.",
  commands: [],
  explain(plugins, repo) {
    const projects = plugins.get(projectManagerSection)?.orgsRepos?.[repoName(repo)]?.projects ?? {};
    return Object.entries(projects)
      .flatMap(([project, { columns = [] }]) =>
        columns.map(
          ({ org = "", labels = [], state = "" }) =>
            `\nIssue/PRs org: ${org}, with matching labels: ${printed(labels)} and state: ${state} will be added to the project: ${project}\n`,
        ),
      )
      .join("");
  },
};
