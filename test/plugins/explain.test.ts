import { describe, expect, it } from "vitest";
import { declarations } from "../../src/plugins/index.ts";
import { told } from "../../src/plugins/plugin.ts";
import { pluginsOf } from "./plugins-yaml.ts";

const plugin = (name: string) => declarations.find((declared) => declared.name === name)!;
const everywhere = (name: string, text = "", repos: string[] = []) =>
  plugin(name).explainAll?.(pluginsOf(text), repos);
const here = (name: string, text = "") => plugin(name).explain?.(pluginsOf(text), { org: "o", repo: "r" });

describe("what a plugin's configuration means, in Prow's words", () => {
  it.each([
    ["blunderbuss", "", "blunderbuss is currently configured to request reviews from 2 reviewers."],
    [
      "rifle",
      "rifle: {request_count: 1}",
      "rifle is currently configured to request reviews from 1 reviewer.",
    ],
    ["golint", "", "The golint plugin will report problems with a minimum confidence of 0.800000."],
    ["milestone", "", 'The milestone maintainers team is the GitHub team "" with ID: 0.'],
    ["retitle", "", "The retitle plugin does not allow retitling closed/merged issues and PRs."],
    [
      "heart",
      "heart: {adorees: [a, b], commentregexp: .*}",
      "The heart plugin is configured to react to comments,  satisfying the regular expression .*, left by the following GitHub users: a, b.",
    ],
    [
      "sigmention",
      "",
      "Labels added by the plugin are triggered by mentions of GitHub teams matching the following regexp:\n(?m)@kubernetes/sig-([\\w-]*)-(misc|test-failures|bugs|feature-requests|proposals|pr-reviews|api-reviews)",
    ],
    [
      "cherry-pick-unapproved",
      "",
      "The cherry-pick-unapproved plugin treats PRs against branch names satisfying the regular expression `^release-.*$` as cherry-pick PRs and adds the following comment:\nThis PR is not for the master branch but does not have the `cherry-pick-approved`  label. Adding the `do-not-merge/cherry-pick-not-approved`  label.",
    ],
    [
      "require-matching-label",
      "require_matching_label: [{org: o, prs: true, issues: true, regexp: ^a/, missing_label: m}, {org: o, repo: r, prs: true, branch: b, regexp: ^a/, missing_label: m, missing_comment: c}]",
      "The plugin has the following configurations:\n<ul><li>Applies the 'm' label to Issues and PRs in the 'o' GitHub org that have no labels matching the regular expression '^a/'.</li><li>Applies the 'm' label and comments on 'b' branch PRs in the 'o/r' GitHub repo that have no labels matching the regular expression '^a/'.</li></ul>",
    ],
    [
      "verify-owners",
      "",
      "OWNERS and OWNERS_ALIASES files are validated. The verify-owners plugin will complain if OWNERS files contain any of the following banned labels: approved, lgtm.",
    ],
    [
      "size",
      "size: {s: 1, m: 2, l: 3, xl: 4, xxl: 5}",
      "The plugin has the following thresholds:<ul>\n<li>size/XS:  0-0</li>\n<li>size/S:   1-1</li>\n<li>size/M:   2-2</li>\n<li>size/L:   3-3</li>\n<li>size/XL:  4-4</li>\n<li>size/XXL: 5+</li>\n</ul>",
    ],
  ])("%s: everywhere", (name, text, expected) => {
    expect(everywhere(name, text)).toBe(expected);
  });

  it("config-updater: only of a single repository", () => {
    expect(everywhere("config-updater", "", ["o/r"])).toBe(
      "Files matching o/r/config/prow/config.yaml are used to populate the config ConfigMap in Files matching o/r/config/prow/plugins.yaml are used to populate the plugins ConfigMap in ",
    );
    expect(everywhere("config-updater", "", ["o/r", "o/s"])).toBe("");
  });

  it.each([
    [
      "branchcleaner",
      "branch_cleaner: {preserved_branches: {o/r: [main, dev]}}",
      "The preserved branches for repo o/r is [main dev]",
    ],
    [
      "dco",
      "dco: {'*': {skip_dco_check_for_members: true}}",
      'The trusted GitHub organization for this repository is "o/r".',
    ],
    ["dco", "dco: {o: {}, '*': {skip_dco_check_for_members: true}}", ""],
    [
      "milestonestatus",
      "repo_milestone: {o/r: {maintainers_team: t}}",
      'The milestone maintainers team is the GitHub team "t"',
    ],
    [
      "milestoneapplier",
      "milestone_applier: {o/r: {main: v1}}",
      "The configured branches and milestones for this repo are:\n- `main`: `v1`",
    ],
    ["project", "", "There are no maintainer team specified for this repo or its org."],
    [
      "project",
      "project_config: {project_org_configs: {o: {org_maintainers_team_id: 7}}}",
      "The project maintainers team is the github team with ID: 7.",
    ],
    [
      "project",
      "project_config: {project_org_configs: {o: {project_repo_configs: {r: {repo_default_column_map: {b: c, a: d}}}}}}",
      "An issue/PR with unspecified column will be added to one of the following columns: map[a:d b:c].",
    ],
    [
      "welcome",
      "",
      "The welcome plugin is configured to post using following welcome template: Welcome @{{.AuthorLogin}}! It looks like this is your first PR to {{.Org}}/{{.Repo}} 🎉.",
    ],
    [
      "verify-owners",
      "owners: {filenames: {o: {owners: A, owners_aliases: B}}, labels_denylist: [x]}",
      "A and B files are validated. The verify-owners plugin will complain if A files contain any of the following banned labels: x.",
    ],
    [
      "blockade",
      "blockades: [{repos: [o], blockregexps: [^a, b], explanation: why}, {repos: [x]}, {repos: [o/r], branchregexp: ^c, exceptionregexps: [d]}]",
      `The following blockades apply in this repository:<br>Block reason: 'why'<br>&nbsp&nbsp&nbsp&nbspBlock regexps: ["^a" "b"]<br>&nbsp&nbsp&nbsp&nbspException regexps: []<br><br>BranchRegexp: '^c'<br>&nbsp&nbsp&nbsp&nbspBlock reason: ''<br>&nbsp&nbsp&nbsp&nbspBlock regexps: []<br>&nbsp&nbsp&nbsp&nbspException regexps: ["d"]<br>`,
    ],
    [
      "slackevents",
      "slack: {mergewarnings: [{repos: [o], channels: [c], exempt_users: [u], exempt_branches: {dev: [j, k]}}]}",
      'In this repo merges are considered manual and trigger manual merge warnings if the user who merged is not a member of this universal exemption list: u or merged to a branch they are not specifically exempted for: map[string][]string{"dev":[]string{"j", "k"}}.<br>Warnings are sent to the following Slack channels: c.',
    ],
    [
      "project-manager",
      "project_manager: {orgsRepos: {o/r: {projects: {p: {columns: [{id: 1, labels: [a, b], org: o, state: open}]}}}}}",
      "\nIssue/PRs org: o, with matching labels: [a b] and state: open will be added to the project: p\n",
    ],
  ])("%s: of a repository", (name, text, expected) => {
    expect(here(name, text)).toBe(expected);
  });

  it("bugzilla: from the general to the branch", () => {
    const text = `bugzilla:
  default: {'*': {is_open: true, statuses: [B, A]}}
  orgs:
    o:
      default: {main: {target_release: r1, status_after_validation: V, add_external_link: true, status_after_merge: M}}
      repos: {r: {branches: {old: {exclude_defaults: true}, main: {dependent_bug_states: [{status: C, resolution: D}, {resolution: E}]}}}}
`;
    expect(here("bugzilla", text)).toBe(`The plugin has the following configuration:<ul>
<li>by default, valid bugs must be open and be in one of the following states: A, B.</li>
<li>on the "main" branch, valid bugs must be open, target the "r1" release, be in one of the following states: A, B, depend on at least one other bug, and have all dependent bugs in one of the following states: C (D), any status with resolution E. After being linked to a pull request, bugs will be moved to the V state, updated to refer to the pull request using the external bug tracker, and moved to the M state when all linked pull requests are merged.</li>
<li>on the "old" branch, valid bugs must exist.</li>
</ul>`);
    expect(here("bugzilla")).toBe("");
  });

  it("override: who may follows from the configuration", () => {
    const commands = (text: string) => told(plugin("override").commands, pluginsOf(text));
    expect(commands("")[0]!.whoCanUse).toBe("Repo administrators.");
    const teams = "override: {allow_top_level_owners: true, allowed_github_teams: {o/r: [b, a], o: [c]}}";
    expect(commands(teams)[2]!.whoCanUse).toBe(
      "Repo administrators, approvers in top level OWNERS file, and the following github teams:o/r: b a, o: c.",
    );
  });
});
