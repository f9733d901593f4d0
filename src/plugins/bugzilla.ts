// Ties pull requests to the bugs in Bugzilla that their titles name.
import type { BranchOptions, BugState } from "./bugzilla/options.ts";
import { bugzillaFor, bugzillaSection } from "./bugzilla/options.ts";
import type { PluginDeclaration } from "./plugin.ts";

export const bugzilla: PluginDeclaration = {
  name: "bugzilla",
  on: ["pull_request", "comment"],
  sections: [bugzillaSection],
  description:
    "The bugzilla plugin ensures that pull requests reference a valid Bugzilla bug in their title.",
  commands: [
    {
      usage: "/bugzilla refresh",
      description: "Check Bugzilla for a valid bug referenced in the PR title",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/bugzilla refresh"],
    },
    {
      usage: "/bugzilla assign-qa",
      description: "(DEPRECATED) Assign PR to QA contact specified in Bugzilla",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/bugzilla assign-qa"],
    },
    {
      usage: "/bugzilla cc-qa",
      description: "Request PR review from QA contact specified in Bugzilla",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/bugzilla cc-qa"],
    },
  ],
  explain(plugins, repo) {
    const branches = Object.entries(bugzillaFor(plugins, repo)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (branches.length === 0) return "";
    const items = branches.map(([branch, options]) => `<li>${summary(branch, options)}.</li>`);
    return ["The plugin has the following configuration:<ul>", ...items, "</ul>"].join("\n");
  },
};

function summary(branch: string, options: BranchOptions): string {
  const where = branch === "*" ? "by default, " : `on the "${branch}" branch, `;
  const updated = updates(options);
  const after =
    updated.length > 0 ? `. After being linked to a pull request, bugs will be ${enumerated(updated)}` : "";
  return `${where}valid bugs must ${enumerated(conditions(options)) || "exist"}${after}`;
}

function conditions(options: BranchOptions): string[] {
  const { is_open, target_release, valid_states: states, dependent_bug_states: dependent } = options;
  const releases = options.dependent_bug_target_releases;
  const found = [
    is_open !== undefined && (is_open ? "be open" : "be closed"),
    target_release !== undefined && `target the "${target_release}" release`,
    states?.length && `be in one of the following states: ${states.map(shown).join(", ")}`,
    (dependent || releases) && "depend on at least one other bug",
    dependent && `have all dependent bugs in one of the following states: ${dependent.map(shown).join(", ")}`,
    releases && `have all dependent bugs in one of the following target releases: ${releases.join(", ")}`,
  ];
  return found.filter((text) => typeof text === "string");
}

function updates({ add_external_link, state_after_merge, state_after_validation }: BranchOptions): string[] {
  const found = [
    state_after_validation && `moved to the ${shown(state_after_validation)} state`,
    add_external_link && "updated to refer to the pull request using the external bug tracker",
    state_after_merge &&
      `moved to the ${shown(state_after_merge)} state when all linked pull requests are merged`,
  ];
  return found.filter((text) => typeof text === "string");
}

function shown({ resolution, status }: BugState): string {
  if (!resolution) return status ?? "";
  return status ? `${status} (${resolution})` : `any status with resolution ${resolution}`;
}

function enumerated(parts: string[]): string {
  if (parts.length < 3) return parts.join(" and ");
  return [...parts.slice(0, -1), `and ${parts.at(-1)}`].join(", ");
}
