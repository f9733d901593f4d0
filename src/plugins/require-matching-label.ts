// Labels what lacks a label of some kind.
import { type Judge, section } from "../config/plugins-config.ts";
import { parseDuration } from "../lib/duration.ts";
import { pattern } from "../lib/pattern.ts";
import { regex } from "../lib/re2.ts";
import { boolean, type Infer, list, object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const GRACE_PERIOD = "5s";

const entrySchema = object({
  org: string("The org that this applies to."),
  repo: string("The repository of the org, without the org; default: all."),
  branch: string("The branch that pull requests go to; default: all. Only with `prs: true`."),
  prs: boolean("It applies to pull requests."),
  issues: boolean("It applies to issues."),
  regexp: pattern("Which labels will do."),
  missing_label: string("Set while there is none that will do; the pattern must not match it."),
  missing_comment: string("Said when it is set; default: nothing."),
  grace_period: string(`How long others have to set a label on what is new; default ${GRACE_PERIOD}.`),
});
type Entry = Infer<typeof entrySchema>;

const requireMatchingLabelSection = section("require_matching_label", list(entrySchema), {
  complete: (entries = []) =>
    entries.map((entry) => ({ ...entry, grace_period: entry.grace_period || GRACE_PERIOD })),
  check(entries, judge) {
    for (const [i, entry] of entries.entries()) checkEntry(i, entry, judge);
  },
});

function checkEntry(i: number, entry: Entry, judge: Judge): void {
  const { branch, grace_period, issues, missing_label: missing, org, prs, regexp, repo } = entry;
  const wrong = (fault: string, field?: keyof Entry) =>
    judge.error(`error validating require_matching_label config #${i}: ${fault}`, field ? [i, field] : [i]);
  if (!org) wrong("must specify 'org'");
  if (repo?.includes("/")) wrong("'repo' may not contain '/'; specify the organization with 'org'", "repo");
  if (!regexp) wrong("must specify 'regexp'");
  if (!missing) wrong("must specify 'missing_label'");
  if (!prs && !issues) wrong("must specify 'prs: true' and/or 'issues: true'");
  if (!prs && branch) wrong("branch cannot be specified without `prs: true'", "branch");
  if (regexp && missing && regex(regexp).test(missing))
    wrong("'regexp' must not match 'missing_label'", "missing_label");
  if (grace_period && parseDuration(grace_period) === undefined)
    wrong(`'grace_period' ${JSON.stringify(grace_period)} is not a duration, e.g. 5s`, "grace_period");
}

export const requireMatchingLabel: PluginDeclaration = {
  name: "require-matching-label",
  on: ["issue", "pull_request", "comment"],
  sections: [requireMatchingLabelSection],
  description:
    "The require-matching-label plugin is a configurable plugin that applies a label to issues and/or PRs that do not have any labels matching a regular expression. An example of this is applying a 'needs-sig' label to all issues that do not have a 'sig/*' label. This plugin can have multiple configurations to provide this kind of behavior for multiple different label sets. The configuration allows issue type, PR branch, and an optional explanation comment to be specified.",
  commands: [
    {
      usage: "/check-required-labels",
      description: "Checks for required labels.",
      featured: true,
      whoCanUse: "Anyone",
      examples: ["/check-required-labels"],
    },
  ],
  explainAll(plugins) {
    const items = plugins.get(requireMatchingLabelSection).map(summary);
    return `The plugin has the following configurations:\n<ul><li>${items.join("</li><li>")}</li></ul>`;
  },
};

function summary(entry: Entry): string {
  const what = [
    entry.issues && "Issues ",
    entry.issues && entry.prs && "and ",
    entry.prs && entry.branch && `'${entry.branch}' branch `,
    entry.prs && "PRs ",
  ].filter(Boolean);
  const where = entry.repo ? `'${entry.org}/${entry.repo}' GitHub repo` : `'${entry.org}' GitHub org`;
  const does = `Applies the '${entry.missing_label}' label ${entry.missing_comment ? "and comments on " : "to "}`;
  return `${does}${what.join("")}in the ${where} that have no labels matching the regular expression '${entry.regexp}'.`;
}
