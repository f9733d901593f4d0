// Deletes the branch of a merged pull request that came from the repository itself.
import { section } from "../config/plugins-config.ts";
import { printed } from "../lib/go-value.ts";
import { list, map, object, string } from "../lib/schema.ts";
import { repoName } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const branchCleanerSection = section(
  "branch_cleaner",
  object({
    preserved_branches: map(
      list(string("A branch that stays, by its name or a regular expression.")),
      "By org or org/repo.",
    ),
  }),
);

export const branchcleaner: PluginDeclaration = {
  name: "branchcleaner",
  on: ["pull_request"],
  sections: [branchCleanerSection],
  description:
    "The branchcleaner plugin automatically deletes source branches for merged PRs between two branches on the same repository. This is helpful to keep repos that don't allow forking clean.",
  commands: [],
  explain(plugins, repo) {
    const name = repoName(repo);
    const preserved = plugins.get(branchCleanerSection)?.preserved_branches?.[name];
    return preserved ? `The preserved branches for repo ${name} is ${printed(preserved)}` : "";
  },
};
