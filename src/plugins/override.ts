// /override: declares a failed context to be passed.
import { type PluginsConfig, section } from "../config/plugins-config.ts";
import { boolean, list, map, object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const overrideSection = section(
  "override",
  object({
    allow_top_level_owners: boolean("Approvers of the OWNERS file at the root may override too."),
    allowed_github_teams: map(
      list(string("Slug of a team whose members may override too.")),
      "By org or org/repo.",
    ),
  }),
);

export const override: PluginDeclaration = {
  name: "override",
  on: ["comment"],
  sections: [overrideSection],
  description: "The override plugin allows repo admins to force a github status context to pass",
  commands: (plugins) => [
    {
      usage: "/override [context1] [context2]",
      description:
        "Forces github status contexts to green (multiple can be given). If the desired context has spaces, it must be quoted. Overrides expire when the base branch moves.",
      featured: false,
      whoCanUse: whoCanUse(plugins),
      examples: [
        "/override pull-repo-whatever",
        '/override "test / Unit Tests"',
        "/override ci/circleci",
        "/override deleted-job other-job",
      ],
    },
    {
      usage: "/override-sticky [context1] [context2]",
      description:
        "Like /override, but the override persists across retests on the current HEAD SHA even when the base branch moves. Pushing a new commit clears them. Use /override-cancel to remove.",
      featured: false,
      whoCanUse: whoCanUse(plugins),
      examples: ["/override-sticky pull-repo-whatever", '/override-sticky "test / Unit Tests"'],
    },
    {
      usage: "/override-cancel [context]",
      description:
        "Removes overrides by setting the status back to failure. Works on both regular and sticky overrides. If a context is given, only that override is removed. If no context is given, all overrides on the PR are removed.",
      featured: false,
      whoCanUse: whoCanUse(plugins),
      examples: ["/override-cancel pull-repo-whatever", "/override-cancel"],
    },
  ],
};

function whoCanUse(plugins: PluginsConfig): string {
  const { allow_top_level_owners: owners, allowed_github_teams: teams = {} } =
    plugins.get(overrideSection) ?? {};
  const named = Object.entries(teams).map(([scope, slugs]) => `${scope}: ${slugs.join(" ")}`);
  return [
    "Repo administrators",
    owners && ", approvers in top level OWNERS file",
    named.length > 0 && `, and the following github teams:${named.sort().join(", ")}`,
    ".",
  ]
    .filter(Boolean)
    .join("");
}
