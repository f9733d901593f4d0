// Checks OWNERS files that a pull request changes.
import type { PluginsConfig } from "../config/plugins-config.ts";
import { command } from "../model/commands.ts";
import { repoName } from "../model/github.ts";
import { commentIssue } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";
import { verify } from "./verify-owners/verify.ts";

const ACTIONS = ["opened", "reopened", "synchronize"];
const VERIFY = command("(?mi)^/verify-owners\\s*$");

const DEFAULT = { owners: "OWNERS", owners_aliases: "OWNERS_ALIASES" };

export const verifyOwners: Plugin = {
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
  async handle(event, context) {
    if (event.kind === "pull_request")
      return ACTIONS.includes(event.action) ? verify(event, event.pr, context) : [];
    if (event.kind !== "comment" || event.action !== "created" || !event.isPR) return [];
    if (event.issue.state !== "open" || !VERIFY.test(event.body)) return [];
    return verify(event, await context.read.pullRequest(commentIssue(event)), context);
  },
};

function summary(
  { owners = "", owners_aliases: aliases = "" }: { owners?: string; owners_aliases?: string },
  plugins: PluginsConfig,
): string {
  const banned = plugins.owners.labels_denylist ?? [];
  return `${owners} and ${aliases} files are validated. The verify-owners plugin will complain if ${owners} files contain any of the following banned labels: ${banned.join(", ")}.`;
}
