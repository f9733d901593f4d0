// Which repositories a component acts on, by its flags.
import type { FlagValues } from "../../lib/flags.ts";
import { type RepoRef, repoName } from "../../model/github.ts";
import type { repoFlags } from "./flag-groups.ts";

/** What is disabled is out; with anything enabled, only that is in. As in Prow. */
export function enabledRepos(flags: FlagValues<typeof repoFlags>): (repo: RepoRef) => boolean {
  const onlySome = flags["github-enabled-org"].length + flags["github-enabled-repo"].length > 0;
  return (repo) => {
    const { org } = repo;
    const name = repoName(repo);
    if (flags["github-disabled-org"].includes(org) || flags["github-disabled-repo"].includes(name))
      return false;
    return (
      !onlySome || flags["github-enabled-org"].includes(org) || flags["github-enabled-repo"].includes(name)
    );
  };
}
