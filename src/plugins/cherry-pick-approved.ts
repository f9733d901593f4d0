// Lets those who answer for a release branch approve cherry picks by reviewing them.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { boolean, list, object, string } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

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

export const cherryPickApproved: PluginDeclaration = {
  name: "cherry-pick-approved",
  on: ["review"],
  sections: [cherryPickApprovedSection],
  description:
    "The cherry-pick-approved plugin helps a defined set of maintainers to approve cherry-picks by using GitHub reviews",
  commands: [],
  explainAll: () =>
    "The cherry-pick-approved plugin treats PRs against branch names satisfying the `branchregexp` as cherry-pick PRs. There needs to be a defined `approvers` list for the plugin to be able to distinguish cherry-pick approvers from regular maintainers.",
};
