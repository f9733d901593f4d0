// Labels what lacks a label of some kind.
import { type Judge, section } from "../config/plugins-config.ts";
import { milliseconds, parseDuration } from "../lib/duration.ts";
import { pattern } from "../lib/pattern.ts";
import { regex } from "../lib/re2.ts";
import { boolean, type Infer, list, object, string } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import type { IssueRef } from "../model/github.ts";
import { announce, formatSimple, ownWords } from "../model/reply.ts";
import { commentIssue, prRef } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";

const CHECK = command("(?mi)^/check-required-labels\\s*$");
const ACTIONS = ["opened", "reopened", "labeled", "unlabeled"];
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

export const requireMatchingLabel: Plugin = {
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
  async handle(event, context) {
    const subject = await subjectOf(event, context);
    if (!subject) return [];
    const entries = context.plugins
      .get(requireMatchingLabelSection)
      .filter((entry) => concerns(entry, subject));
    if (entries.length === 0) return [];
    const { issue } = subject;
    const names = (await labelsAfter(entries, subject, context)).map(({ name }) => name);
    const effects: Effect[] = [];
    for (const entry of entries) effects.push(...(await enforce(entry, issue, names, event.at, context)));
    return effects;
  },
};

interface Subject {
  issue: IssueRef;
  /** Base of a pull request; an issue has none. */
  branch?: string;
  /** That has just been set or taken off. */
  label?: string;
}

async function subjectOf(event: Event, { read }: Context): Promise<Subject | undefined> {
  const { repo } = event;
  switch (event.kind) {
    case "issue":
      if (!ACTIONS.includes(event.action)) return undefined;
      return { issue: { ...repo, number: event.number }, ...(event.label && { label: event.label.name }) };
    case "pull_request": {
      if (!ACTIONS.includes(event.action)) return undefined;
      const branch = event.pr.base.ref;
      return { issue: prRef(repo, event.pr), branch, ...(event.label && { label: event.label.name }) };
    }
    case "comment": {
      if (event.action !== "created" || event.issue.state !== "open" || !CHECK.test(event.body))
        return undefined;
      const issue = commentIssue(event);
      return { issue, ...(event.isPR && { branch: (await read.pullRequest(issue)).base.ref }) };
    }
    default:
      return undefined;
  }
}

function concerns(entry: Entry, { branch, issue, label }: Subject): boolean {
  if (branch === undefined ? !entry.issues : !entry.prs) return false;
  if (entry.org !== issue.org || (entry.repo && entry.repo !== issue.repo)) return false;
  if (entry.branch && branch !== undefined && entry.branch !== branch) return false;
  return label === undefined || regex(entry.regexp ?? "").test(label);
}

/** Others are given time to set labels on what is new; what was read before that no longer counts. */
async function labelsAfter(entries: readonly Entry[], { issue, label }: Subject, context: Context) {
  if (label !== undefined) return context.read.issueLabels(issue);
  await context.clock.sleep(Math.max(...entries.map((entry) => milliseconds(entry.grace_period))));
  return context.again().issueLabels(issue);
}

async function enforce(
  { missing_comment: comment, missing_label: missing = "", regexp = "" }: Entry,
  issue: IssueRef,
  names: readonly string[],
  at: string | undefined,
  context: Context,
): Promise<Effect[]> {
  const isMarked = names.includes(missing);
  const matches = names.some((name) => regex(regexp).test(name));
  if (matches !== isMarked) return [];
  if (isMarked) {
    const outdated = comment
      ? await pruneComments(issue, context, (words) => words.includes(ownWords(comment)))
      : [];
    return [...outdated, { do: "removeLabel", issue, label: missing }];
  }
  // Before the label: once that is on, a retry of this event would say nothing more.
  const said = comment ? [announce(issue, formatSimple(comment), at)] : [];
  return [...said, { do: "addLabels", issue, labels: [missing] }];
}

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
