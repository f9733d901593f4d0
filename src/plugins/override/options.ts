// Who may override: override's part of plugins.yaml, and how that is told.
import { section } from "../../config/plugins-config.ts";
import { boolean, type Infer, list, map, object, string } from "../../lib/schema.ts";
import { type RepoRef, repoName } from "../../model/github.ts";

const overrideSchema = object({
  allow_top_level_owners: boolean("Approvers of the OWNERS file at the root may override too."),
  allowed_github_teams: map(
    list(string("Slug of a team whose members may override too.")),
    "By org or org/repo.",
  ),
});
export type OverrideOptions = Infer<typeof overrideSchema>;

export const overrideSection = section("override", overrideSchema);

/** In a repository, or anywhere. */
export function whoMay(options: OverrideOptions, repo?: RepoRef): string {
  const { allow_top_level_owners: owners, allowed_github_teams: teams = {} } = options;
  const named = Object.entries(teams)
    .filter(([scope]) => !repo || scope === repo.org || scope === repoName(repo))
    .map(([scope, slugs]) => `${scope}: ${slugs.join(" ")}`);
  return [
    "Repo administrators",
    owners && ", approvers in top level OWNERS file",
    // Prow begins the list also where none of the teams is this repository's.
    Object.keys(teams).length > 0 && `, and the following github teams:${named.sort().join(", ")}`,
    ".",
  ]
    .filter(Boolean)
    .join("");
}
