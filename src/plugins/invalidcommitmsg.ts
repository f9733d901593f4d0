// Holds pull requests up whose commit messages close issues or are only there to be squashed.
import { type Judge, section } from "../config/plugins-config.ts";
import { boolean, type Infer, list, object, string } from "../lib/schema.ts";
import { checkNamedOnce, reposField } from "./for-repo.ts";
import type { PluginDeclaration } from "./plugin.ts";

const CHECKS = ["fixupPrefix", "issueClosingKeywords"];

const entrySchema = object({
  repos: reposField,
  checks: list(
    object({ name: string(`One of ${CHECKS.join(", ")}.`), disabled: boolean("It is not made.") }),
  ),
});

const invalidCommitMsgSection = section("invalid_commit_msg", list(entrySchema), {
  check(entries, judge) {
    for (const [i, entry] of entries.entries()) checkEntry(i, entry, judge);
    checkNamedOnce(entries, "invalidcommitmsg", judge);
  },
});

function checkEntry(i: number, { repos = [], checks = [] }: Infer<typeof entrySchema>, judge: Judge): void {
  const at = `error validating invalid_commit_msg config #${i}`;
  for (const [j, repo] of repos.entries()) {
    if (repo.trim() === "")
      judge.error(`${at}: repo ${JSON.stringify(repo)} must be of form org or org/repo`, [i, "repos", j]);
  }
  for (const [j, { name = "" }] of checks.entries()) {
    if (CHECKS.includes(name)) continue;
    const fault =
      name.trim() === ""
        ? "check name cannot be empty"
        : `unknown check name ${JSON.stringify(name)} (valid: [${CHECKS.join(" ")}])`;
    judge.error(`${at} check #${j}: ${fault}`, [i, "checks", j, "name"]);
  }
}

export const invalidcommitmsg: PluginDeclaration = {
  name: "invalidcommitmsg",
  on: ["pull_request"],
  sections: [invalidCommitMsgSection],
  description:
    "The invalidcommitmsg plugin applies the 'do-not-merge/invalid-commit-message' label to pull requests whose commit messages and titles contain keywords which can automatically close issues or contain temporary commits such as fixup!, amend!, or squash!",
  commands: [],
  explainAll: () =>
    "The plugin can be configured per-check using the 'checks' field. Each check can be individually disabled by setting 'disabled: true'. Available checks: 'fixupPrefix' (for fixup!/amend!/squash! commits) and 'issueClosingKeywords' (for issue-closing keywords in titles/commits).",
};
