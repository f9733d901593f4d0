// Holds pull requests to release branches up until the cherry pick is approved.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

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

export const cherryPickUnapproved: PluginDeclaration = {
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
};
