// Deletes the branch of a merged pull request that came from the repository itself.
import type { PluginsConfig } from "../config/plugins-config.ts";
import { section } from "../config/plugins-config.ts";
import { printed } from "../lib/go/value.ts";
import { regex } from "../lib/re2.ts";
import { list, map, object, string } from "../lib/schema.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import type { Plugin } from "./plugin.ts";

const branchCleanerSection = section(
  "branch_cleaner",
  object({
    preserved_branches: map(
      list(string("A branch that stays, by its name or a regular expression.")),
      "By org or org/repo.",
    ),
  }),
);

export const branchcleaner: Plugin = {
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
  async handle(event, { plugins }) {
    if (event.kind !== "pull_request" || event.action !== "closed" || !event.pr.merged) return [];
    const { base, head } = event.pr;
    const own = head.repo !== null && head.repo.full_name === base.repo?.full_name;
    if (!own || isPreserved(head.ref, event.repo, plugins)) return [];
    return [{ do: "deleteBranch", repo: event.repo, branch: head.ref }];
  },
};

function isPreserved(branch: string, repo: RepoRef, plugins: PluginsConfig): boolean {
  const preserved = plugins.get(branchCleanerSection)?.preserved_branches ?? {};
  const patterns = [repoName(repo), repo.org].flatMap((name) =>
    Object.hasOwn(preserved, name) ? (preserved[name] ?? []) : [],
  );
  return patterns.some((text) => text === branch || matches(text, branch));
}

/** Names need not be regular expressions. */
function matches(pattern: string, branch: string): boolean {
  try {
    return regex(pattern).test(branch);
  } catch {
    return false;
  }
}
