// Holds pull requests up whose commit messages close issues or are only there to be squashed.
import { type Judge, section } from "../config/plugins-config.ts";
import { regex } from "../lib/re2.ts";
import { boolean, type Infer, list, object, string } from "../lib/schema.ts";
import type { PullRequestEvent } from "../model/event.ts";
import type { Commit, RepoRef } from "../model/github.ts";
import { hasLabel } from "../model/labels.ts";
import { ABOUT_THIS_BOT } from "../model/reply.ts";
import { CLOSING_KEYWORDS } from "./closing-keywords.ts";
import { commitList } from "./commit-list.ts";
import { prRef } from "./event-issue.ts";
import { checkNamedOnce, forRepo, reposField } from "./for-repo.ts";
import { labelChange } from "./label-change.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";

const ACTIONS = ["opened", "reopened", "synchronize", "edited"];
const INVALID = "do-not-merge/invalid-commit-message";
const MARKER = "<!-- [prow:invalid-commit-message] -->";
/** The last two are how older versions of Prow began. */
const OWN_MARKS = [
  MARKER,
  "**The list of commits with invalid commit messages**:",
  "not allowed in the title of a Pull Request",
];
const TEMPORARY = regex("^(fixup!|amend!|squash!)");

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

export const invalidcommitmsg: Plugin = {
  name: "invalidcommitmsg",
  on: ["pull_request"],
  sections: [invalidCommitMsgSection],
  description:
    "The invalidcommitmsg plugin applies the 'do-not-merge/invalid-commit-message' label to pull requests whose commit messages and titles contain keywords which can automatically close issues or contain temporary commits such as fixup!, amend!, or squash!",
  commands: [],
  explainAll: () =>
    "The plugin can be configured per-check using the 'checks' field. Each check can be individually disabled by setting 'disabled: true'. Available checks: 'fixupPrefix' (for fixup!/amend!/squash! commits) and 'issueClosingKeywords' (for issue-closing keywords in titles/commits).",
  async handle(event, context) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const issue = prRef(event.repo, event.pr);
    const has = hasLabel(INVALID, await context.read.issueLabels(issue));
    const faults = await faultsOf(event, context);
    const earlier = await pruneComments(issue, context, (words) =>
      OWN_MARKS.some((mark) => words.includes(mark)),
    );
    const change = [...labelChange(issue, INVALID, has, faults.length > 0), ...earlier];
    if (faults.length === 0) return change;
    const body = `${MARKER}\n\nInvalid commit message issues detected\n\n${faults.join("\n\n")}\n\n${ABOUT_THIS_BOT}`;
    return [...change, { do: "createComment", issue, body, marker: body }];
  },
};

/** What is wrong, each with its heading. */
async function faultsOf({ pr, repo }: PullRequestEvent, { plugins, read }: Context): Promise<string[]> {
  const { checks = [] } = forRepo(plugins.get(invalidCommitMsgSection), repo) ?? {};
  const isMade = (check: string) => !checks.find(({ name }) => name === check)?.disabled;
  const commits = await read.pullRequestCommits(prRef(repo, pr));
  const faults: string[] = [];
  const keywords = isMade("issueClosingKeywords");
  const closing = keywords ? commits.filter(({ message }) => CLOSING_KEYWORDS.test(message)) : [];
  if (closing.length > 0) faults.push(closingCommits(repo, closing));
  const temporary = isMade("fixupPrefix") ? commits.filter(({ message }) => TEMPORARY.test(message)) : [];
  if (temporary.length > 0) faults.push(temporaryCommits(repo, temporary));
  if (keywords && CLOSING_KEYWORDS.test(pr.title)) faults.push(CLOSING_TITLE);
  return faults;
}

const closingCommits = (repo: RepoRef, commits: Commit[]): string =>
  `### Invalid commit messages\n\n[Keywords](https://help.github.com/articles/closing-issues-using-keywords) which can automatically close issues and hashtag(#) mentions are not allowed.\n\n${commitList(repo, commits)}`;

const temporaryCommits = (repo: RepoRef, commits: Commit[]): string =>
  `### Fixup/amend/squash commits\n\nTemporary commits like fixup!, amend!, or squash! are not allowed.\n\nUse [git rebase --autosquash](https://git-scm.com/docs/git-rebase#Documentation/git-rebase.txt---autosquash) to fix them.\n\n${commitList(repo, commits)}`;

const CLOSING_TITLE =
  "### Invalid PR title\n\n[Keywords](https://help.github.com/articles/closing-issues-using-keywords) are not allowed in PR titles.\n\nUse `/retitle <new-title>` to fix it.";
