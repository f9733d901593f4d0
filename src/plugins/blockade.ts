// Holds pull requests up that touch files which nobody may touch.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { type Regex, regex } from "../lib/re2.ts";
import { type Infer, list, object, string } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import type { PullRequestEvent } from "../model/event.ts";
import { type ChangedFile, namesRepo } from "../model/github.ts";
import { BLOCKED_PATHS, hasLabel } from "../model/labels.ts";
import { formatResponse, oneLine } from "../model/reply.ts";
import { prRef } from "./event-issue.ts";
import { reposField } from "./for-repo.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";

const blockadeSchema = object({
  repos: reposField,
  branchregexp: pattern("The branches that it applies to; default: all."),
  blockregexps: list(pattern("A path that may not change.", { lax: true })),
  exceptionregexps: list(pattern("A path that may change although it is blocked.", { lax: true })),
  explanation: string("Why, for the comment on a pull request that is blocked."),
});
type Blockade = Infer<typeof blockadeSchema>;

const blockadesSection = section("blockades", list(blockadeSchema));

const ACTIONS = ["opened", "reopened", "synchronize"];
const BLOCKED = `Adding label: \`${BLOCKED_PATHS}\` because PR changes a protected file.`;

export const blockade: Plugin = {
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
  async handle(event, context) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const issue = prRef(event.repo, event.pr);
    const has = hasLabel(BLOCKED_PATHS, await context.read.issueLabels(issue));
    const blockades = applying(event, context);
    if (blockades.length === 0 && !has) return [];
    const files = blockades.length > 0 ? await context.read.changedFiles(issue) : [];
    const reasons = blockReasons(files, blockades);
    if (reasons !== "" && !has) {
      const body = formatResponse(event.pr.user.login, BLOCKED, reasons);
      // Before the label: once that is on, a retry of this event would do nothing more.
      return [
        { do: "createComment", issue, body, marker: body.trim() },
        { do: "addLabels", issue, labels: [BLOCKED_PATHS] },
      ];
    }
    if (reasons !== "" || !has) return [];
    const unsaid = await pruneComments(issue, context, (words) => words.includes(BLOCKED));
    return [...unsaid, { do: "removeLabel", issue, label: BLOCKED_PATHS } satisfies Effect];
  },
};

interface Compiled {
  blocks: Regex[];
  exceptions: Regex[];
  explanation: string;
}

/** Those for the repository and branch that block anything. */
function applying({ pr, repo }: PullRequestEvent, { log, plugins }: Context): Compiled[] {
  const compiled = (patterns: readonly string[] = []) =>
    patterns.flatMap((text) => {
      try {
        return [regex(text)];
      } catch (error) {
        log.error({ error }, `Failed to compile the blockade regexp '${text}'.`);
        return [];
      }
    });
  const here = ({ branchregexp, repos }: Blockade) =>
    namesRepo(repos, repo) && (branchregexp === undefined || regex(branchregexp).test(pr.base.ref));
  return (plugins.get(blockadesSection) ?? [])
    .filter(here)
    .map(({ blockregexps, exceptionregexps, explanation }) => ({
      blocks: compiled(blockregexps),
      exceptions: compiled(exceptionregexps),
      explanation: explanation || "Files are protected",
    }))
    .filter(({ blocks }) => blocks.length > 0);
}

/** The blocked files below each explanation; "" when there are none. */
function blockReasons(files: readonly ChangedFile[], blockades: readonly Compiled[]): string {
  const found = new Map<string, ChangedFile[]>();
  for (const file of files) {
    const matches = (patterns: Regex[]) => patterns.some((one) => one.test(file.filename));
    for (const { blocks, exceptions, explanation } of blockades) {
      if (!matches(blocks) || matches(exceptions)) continue;
      found.set(explanation, [...(found.get(explanation) ?? []), file]);
    }
  }
  if (found.size === 0) return "";
  const parts = [...found].map(
    ([explanation, blocked]) => `[${explanation}]\n${blocked.map(fileLine).join("")}`,
  );
  return `#### Reasons for blocking this PR:\n${parts.join("")}`;
}

const fileLine = ({ blob_url = "", filename }: ChangedFile): string =>
  `- [${oneLine(filename)}](${blob_url})\n\n`;

const INDENT = "&nbsp&nbsp&nbsp&nbsp";

const quoted = (patterns: readonly string[]): string =>
  `[${patterns.map((text) => JSON.stringify(text)).join(" ")}]`;
