// Holds pull requests to release branches up until the cherry pick is approved.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { regex } from "../lib/re2.ts";
import { object, string } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import type { PullRequestEvent } from "../model/event.ts";
import { CHERRY_PICK_APPROVED, CHERRY_PICK_UNAPPROVED, hasLabel } from "../model/labels.ts";
import { announce, formatSimple, ownWords } from "../model/reply.ts";
import { prRef } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";

const BRANCHES = "^release-.*$";
const COMMENT =
  "This PR is not for the master branch but does not have the `cherry-pick-approved`  label. Adding the `do-not-merge/cherry-pick-not-approved`  label.";

const cherryPickUnapprovedSection = section(
  "cherry_pick_unapproved",
  object({
    branchregexp: pattern(`Branches to which only cherry picks go; default ${BRANCHES}.`),
    comment: string("Said when the label is set."),
  }),
  {
    complete: (written = {}) => ({
      branchregexp: written.branchregexp || BRANCHES,
      comment: written.comment || COMMENT,
    }),
  },
);

export const cherryPickUnapproved: Plugin = {
  name: "cherry-pick-unapproved",
  on: ["pull_request"],
  sections: [cherryPickUnapprovedSection],
  description:
    "Label PRs against a release branch which do not have the `cherry-pick-approved` label with the `do-not-merge/cherry-pick-not-approved` label.",
  commands: [],
  explainAll(plugins) {
    const { branchregexp, comment } = plugins.get(cherryPickUnapprovedSection);
    return `The cherry-pick-unapproved plugin treats PRs against branch names satisfying the regular expression \`${branchregexp}\` as cherry-pick PRs and adds the following comment:\n${comment}`;
  },
  async handle(event, context) {
    if (event.kind !== "pull_request") return [];
    const { branchregexp, comment } = context.plugins.get(cherryPickUnapprovedSection);
    const isRelease = (branch: string) => regex(branchregexp).test(branch);
    const { action, changes, label, pr } = event;
    switch (action) {
      case "opened":
      case "reopened":
        return isRelease(pr.base.ref) ? guard(event, comment, context) : [];
      case "labeled":
      case "unlabeled":
        return isRelease(pr.base.ref) && LABELS.includes(label?.name ?? "")
          ? guard(event, comment, context)
          : [];
      case "edited": {
        const before = changes?.base?.ref?.from;
        if (!before || isRelease(before) === isRelease(pr.base.ref)) return [];
        return isRelease(pr.base.ref) ? guard(event, comment, context) : release(event, comment, context);
      }
      default:
        return [];
    }
  },
};

const LABELS = [CHERRY_PICK_APPROVED, CHERRY_PICK_UNAPPROVED];

const unsay = ({ pr, repo }: PullRequestEvent, comment: string, context: Context): Promise<Effect[]> =>
  pruneComments(prRef(repo, pr), context, (words) => words.includes(ownWords(comment)));

/** What goes to a release branch carries one of the two labels. */
async function guard(event: PullRequestEvent, comment: string, context: Context): Promise<Effect[]> {
  const issue = prRef(event.repo, event.pr);
  const labels = await context.read.issueLabels(issue);
  const isUnapproved = hasLabel(CHERRY_PICK_UNAPPROVED, labels);
  if (hasLabel(CHERRY_PICK_APPROVED, labels)) {
    const outdated = await unsay(event, comment, context);
    return isUnapproved
      ? [...outdated, { do: "removeLabel", issue, label: CHERRY_PICK_UNAPPROVED }]
      : outdated;
  }
  if (isUnapproved) return [];
  return [
    // Before the label: once that is on, a retry of this event would say nothing more.
    announce(issue, formatSimple(comment), event.at),
    { do: "addLabels", issue, labels: [CHERRY_PICK_UNAPPROVED] },
  ];
}

/** It goes to another branch now, where nobody asks. */
async function release(event: PullRequestEvent, comment: string, context: Context): Promise<Effect[]> {
  const issue = prRef(event.repo, event.pr);
  const labels = await context.read.issueLabels(issue);
  const removals = LABELS.filter((label) => hasLabel(label, labels));
  return [
    ...(await unsay(event, comment, context)),
    ...removals.map((label): Effect => ({ do: "removeLabel", issue, label })),
  ];
}
