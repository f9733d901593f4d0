// Checks OWNERS files that a pull request changes.
import type { PluginsConfig } from "../config/plugins-config.ts";
import { repoName } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const DEFAULT = { owners: "OWNERS", owners_aliases: "OWNERS_ALIASES" };

export const verifyOwners: PluginDeclaration = {
  name: "verify-owners",
  on: ["pull_request", "comment"],
  description:
    "The verify-owners plugin validates OWNERS and OWNERS_ALIASES files (by default) and ensures that they always contain collaborators of the org, if they are modified in a PR. On validation failure it automatically adds the 'do-not-merge/invalid-owners-file' label to the PR, and a review comment on the incriminating file(s). Per-repo configuration for filenames is possible.",
  commands: [
    {
      usage: "/verify-owners",
      description: "do-not-merge/invalid-owners-file",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/verify-owners"],
    },
  ],
  explainAll: (plugins) => summary(DEFAULT, plugins),
  explain(plugins, repo) {
    const { filenames = {} } = plugins.owners;
    const own = filenames[repoName(repo)] ?? filenames[repo.org];
    const same = own?.owners === DEFAULT.owners && own.owners_aliases === DEFAULT.owners_aliases;
    return own && !same ? summary(own, plugins) : "";
  },
};

function summary(
  { owners = "", owners_aliases: aliases = "" }: { owners?: string; owners_aliases?: string },
  plugins: PluginsConfig,
): string {
  const banned = plugins.owners.labels_denylist ?? [];
  return `${owners} and ${aliases} files are validated. The verify-owners plugin will complain if ${owners} files contain any of the following banned labels: ${banned.join(", ")}.`;
}
