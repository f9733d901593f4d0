// Holds pull requests up that touch files which nobody may touch.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { list, object, string } from "../lib/schema.ts";
import { namesRepo } from "../model/github.ts";
import { reposField } from "./for-repo.ts";
import type { PluginDeclaration } from "./plugin.ts";

const blockadesSection = section(
  "blockades",
  list(
    object({
      repos: reposField,
      branchregexp: pattern("The branches that it applies to; default: all."),
      blockregexps: list(pattern("A path that may not change.", { lax: true })),
      exceptionregexps: list(pattern("A path that may change although it is blocked.", { lax: true })),
      explanation: string("Why, for the comment on a pull request that is blocked."),
    }),
  ),
);

export const blockade: PluginDeclaration = {
  name: "blockade",
  on: ["pull_request"],
  sections: [blockadesSection],
  description:
    "The blockade plugin blocks pull requests from merging if they touch specific files. The plugin applies the 'do-not-merge/blocked-paths' label to pull requests that touch files that match a blockade's block regular expression and none of the corresponding exception regular expressions.",
  commands: [],
  explain(plugins, repo) {
    const here = (plugins.get(blockadesSection) ?? []).filter(({ repos }) => namesRepo(repos, repo));
    const lines = here.map(({ blockregexps = [], branchregexp, exceptionregexps = [], explanation = "" }) => {
      const reason = `Block reason: '${explanation}'`;
      const opening =
        branchregexp === undefined ? reason : `BranchRegexp: '${branchregexp}'<br>${INDENT}${reason}`;
      return `<br>${opening}<br>${INDENT}Block regexps: ${quoted(blockregexps)}<br>${INDENT}Exception regexps: ${quoted(exceptionregexps)}<br>`;
    });
    return `The following blockades apply in this repository:${lines.join("")}`;
  },
};

const INDENT = "&nbsp&nbsp&nbsp&nbsp";

const quoted = (patterns: readonly string[]): string =>
  `[${patterns.map((text) => JSON.stringify(text)).join(" ")}]`;
