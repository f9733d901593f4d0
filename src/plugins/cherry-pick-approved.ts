// Lets those who answer for a release branch approve cherry picks by reviewing them.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { regex } from "../lib/re2.ts";
import { boolean, list, object, string } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import {
  APPROVED,
  BLOCKED_PATHS,
  CHERRY_PICK_APPROVED,
  CHERRY_PICK_UNAPPROVED,
  CLA_NO,
  HOLD,
  hasLabel,
  INVALID_OWNERS,
  LGTM,
  MERGE_COMMITS,
  NEEDS_OK_TO_TEST,
  NEEDS_REBASE,
  RELEASE_NOTE_NEEDED,
  WORK_IN_PROGRESS,
} from "../model/labels.ts";
import { prRef } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const BRANCHES = "^release-.*$";

const cherryPickApprovedSection = section(
  "cherry_pick_approved",
  list(
    object({
      org: string("The org that this applies to."),
      repo: string("The repository of the org that this applies to."),
      branchregexp: pattern(`Branches to which only cherry picks go; default ${BRANCHES}.`),
      approvers: list(string("Login of somebody who may approve a cherry pick.")),
      allow_missing_approved_label: boolean("Also without the label approved."),
      allow_missing_lgtm_label: boolean("Also without the label lgtm."),
    }),
  ),
  {
    complete: (entries = []) =>
      entries.map((entry) => ({ ...entry, branchregexp: entry.branchregexp || BRANCHES })),
  },
);

/** As Prow has it, approving is refused only when all of them are set. */
const BLOCKING = [
  ...[BLOCKED_PATHS, CLA_NO, HOLD, INVALID_OWNERS, MERGE_COMMITS, NEEDS_OK_TO_TEST, NEEDS_REBASE],
  ...[RELEASE_NOTE_NEEDED, WORK_IN_PROGRESS, "bugzilla/invalid-bug"],
];

export const cherryPickApproved: Plugin = {
  name: "cherry-pick-approved",
  on: ["review"],
  sections: [cherryPickApprovedSection],
  description:
    "The cherry-pick-approved plugin helps a defined set of maintainers to approve cherry-picks by using GitHub reviews",
  commands: [],
  explainAll: () =>
    "The cherry-pick-approved plugin treats PRs against branch names satisfying the `branchregexp` as cherry-pick PRs. There needs to be a defined `approvers` list for the plugin to be able to distinguish cherry-pick approvers from regular maintainers.",
  async handle(event, { plugins, read }) {
    if (event.kind !== "review" || event.action !== "submitted" || event.review.state !== "APPROVED")
      return [];
    const { pr, repo, review } = event;
    const options = plugins
      .get(cherryPickApprovedSection)
      .findLast((entry) => entry.org === repo.org && entry.repo === repo.repo);
    if (!options?.approvers?.includes(review.user.login)) return [];
    if (!regex(options.branchregexp).test(pr.base.ref)) return [];
    const statuses = await read.statuses(repo, pr.head.sha);
    if (statuses.some(({ state }) => state === "error" || state === "failure")) return [];

    const issue = prRef(repo, pr);
    const labels = await read.issueLabels(issue);
    const has = (name: string) => hasLabel(name, labels);
    const ready =
      (options.allow_missing_lgtm_label || has(LGTM)) &&
      (options.allow_missing_approved_label || has(APPROVED)) &&
      !BLOCKING.every(has);
    if (!ready) return [];
    const add: Effect = { do: "addLabels", issue, labels: [CHERRY_PICK_APPROVED] };
    const remove: Effect = { do: "removeLabel", issue, label: CHERRY_PICK_UNAPPROVED };
    return [...(has(CHERRY_PICK_APPROVED) ? [] : [add]), ...(has(CHERRY_PICK_UNAPPROVED) ? [remove] : [])];
  },
};
