import { describe, expect, it } from "vitest";
import { pluginsOf, readText } from "./plugins-yaml.ts";

const LABEL = "org: o, prs: true, regexp: ^kind/, missing_label: needs-kind";
const column = (more: string) =>
  `project_manager: {orgsRepos: {o/r: {projects: {p: {columns: [{name: n, labels: [a], org: o}, {${more}}]}}}}}`;

describe("what is wrong in plugins.yaml", () => {
  it.each([
    [
      "a larger size that is smaller",
      "size: {s: 100, m: 30, l: 200, xl: 300, xxl: 400}",
      "1:16: error: invalid size plugin configuration",
    ],
    [
      "a size whose larger ones are not set",
      "size: {s: 5}",
      "one of the smaller sizes is bigger than a larger one (s is 5, m is not set)",
    ],
    [
      "nobody to ask",
      "blunderbuss: {request_count: 0}",
      "1:15: error: invalid request_count: 0 (needs to be positive)",
    ],
    ["nobody to ask, by rifle", "rifle: {request_count: -1}", "invalid request_count: -1"],
    [
      "a bad description",
      "rifle: {wait_for_status: {description: '('}}",
      "1:27: error: not a regular expression",
    ],
    [
      "both who choose reviewers",
      "plugins:\n  o/r: {plugins: [rifle, blunderbuss]}",
      "2:3: error: o/r: blunderbuss and rifle plugins are mutually exclusive",
    ],
    [
      "both, one by the org",
      "plugins: {o: {plugins: [rifle]}, o/r: {plugins: [blunderbuss]}}",
      "(conflict between o and o/r config)",
    ],
    [
      "a plugin twice",
      "plugins: {o: {plugins: [cat]}, o/r: {plugins: [cat]}}",
      "plugins [cat] are duplicated for o/r and o",
    ],
    [
      "an external plugin twice",
      "external_plugins: {o: [{name: x}], o/r: [{name: x}]}",
      "1:36: error: external plugins [x] are duplicated for o/r and o",
    ],
    [
      "approve twice",
      "approve: [{repos: [o]}, {repos: [o/r, o]}]",
      "The org \"o\" is duplicated in the 'approve' plugin configuration.",
    ],
    [
      "welcome twice",
      "welcome: [{repos: [o/r, o/r]}]",
      "1:25: error: The repo \"o/r\" is duplicated in the 'welcome' plugin",
    ],
    [
      "invalid_commit_msg twice",
      "invalid_commit_msg: [{repos: [o]}, {repos: [o]}]",
      'The org "o" is duplicated',
    ],
    [
      "an unknown check",
      "invalid_commit_msg: [{checks: [{name: x}]}]",
      'check #0: unknown check name "x" (valid: [fixupPrefix issueClosingKeywords])',
    ],
    [
      "a check without a name",
      "invalid_commit_msg: [{checks: [{disabled: true}]}]",
      "check name cannot be empty",
    ],
    [
      "a repository without a name",
      "invalid_commit_msg: [{repos: [' ']}]",
      'repo " " must be of form org or org/repo',
    ],
    [
      "a bad branch of a blockade",
      "blockades: [{branchregexp: '['}]",
      "1:14: error: not a regular expression: missing closing ]",
    ],
    [
      "a bad pattern that is skipped",
      "blockades: [{blockregexps: ['(']}]",
      "1:29: warning: not a regular expression",
    ],
    ["a bad heart", "heart: {commentregexp: 'a(?!b)'}", "not a regular expression"],
    ["a bad mention", "sigmention: {regexp: '*'}", "not a regular expression"],
    [
      "bad branches of cherry picks",
      "cherry_pick_approved: [{branchregexp: '('}]",
      "not a regular expression",
    ],
    [
      "bad branches without approval",
      "cherry_pick_unapproved: {branchregexp: '('}",
      "not a regular expression",
    ],
    [
      "name and partitions",
      "config_updater: {maps: {a: {name: x, partitioned_names: [z]}}}",
      "1:38: error: 'name' and 'partitioned_names' are mutually exclusive",
    ],
    [
      "too many partitions",
      `config_updater: {maps: {a: {partitioned_names: [${Array(257).fill("x")}]}}}`,
      "a maximum of 256 partitions, but you have 257",
    ],
    [
      "one key of two files",
      "config_updater: {maps: {a/x: {name: c}, b/x: {name: c}}}",
      "1:41: error: key x in configmap c updated with more than one file (give one of them another `key`)",
    ],
    [
      "clusters and groups",
      "config_updater: {maps: {a: {clusters: {c: [d]}, cluster_groups: [g]}}, cluster_groups: {g: {}}}",
      "item maps.a contains both clusters and cluster_groups",
    ],
    [
      "an unknown group",
      "config_updater: {maps: {a: {cluster_groups: [g]}}}",
      "item maps.a.cluster_groups.0 references inexistent cluster group named g",
    ],
    [
      "a number for a string of config_updater",
      "config_updater: {maps: {a: {name: 7}}}",
      "expected a string",
    ],
    [
      "no org",
      "require_matching_label: [{prs: true, regexp: x, missing_label: y}]",
      "config #0: must specify 'org'",
    ],
    ["no regexp", "require_matching_label: [{org: o, prs: true, missing_label: y}]", "must specify 'regexp'"],
    [
      "no missing_label",
      "require_matching_label: [{org: o, prs: true, regexp: x}]",
      "must specify 'missing_label'",
    ],
    [
      "neither prs nor issues",
      "require_matching_label: [{org: o, regexp: x, missing_label: y}]",
      "must specify 'prs: true' and/or 'issues: true'",
    ],
    ["a slash in the repo", `require_matching_label: [{${LABEL}, repo: o/r}]`, "'repo' may not contain '/'"],
    [
      "a branch of issues",
      "require_matching_label: [{org: o, issues: true, branch: b, regexp: x, missing_label: y}]",
      "branch cannot be specified without `prs: true'",
    ],
    [
      "a label that will do",
      "require_matching_label: [{org: o, prs: true, regexp: k, missing_label: kind}]",
      "'regexp' must not match 'missing_label'",
    ],
    [
      "a bad regexp",
      "require_matching_label: [{org: o, prs: true, regexp: '(', missing_label: x}]",
      "1:46: error: not a regular expression: missing closing ): `(`",
    ],
    [
      "a bad grace period",
      `require_matching_label: [{${LABEL}, grace_period: 5}]`,
      "'grace_period' \"5\" is not a duration, e.g. 5s",
    ],
    ["no projects", "project_manager: {orgsRepos: {o: {}}}", "Org/repo: o, has no projects configured"],
    [
      "no columns",
      "project_manager: {orgsRepos: {o: {projects: {p: {}}}}}",
      "project p, has no columns configured",
    ],
    ["a column without a name", column("labels: [b], org: o"), "has no name/id configured"],
    ["a column without labels", column("id: 1, org: o"), "has no labels configured"],
    ["a column without an org", column("id: 1, labels: [b]"), "has no org configured"],
    [
      "two columns for one thing",
      column("id: 1, labels: [a, a], org: o"),
      "has same labels configured as another column",
    ],
    ["a deprecated org", "triggers: [{trusted_org: o}]", "1:13: warning: trusted_org is deprecated"],
    [
      "a deprecated id",
      "repo_milestone: {'': {maintainers_id: 7}}",
      "1:23: warning: maintainers_id is deprecated (use maintainers_team)",
    ],
    [
      "a deprecated release",
      "bugzilla: {default: {'*': {dependent_bug_target_release: r}}}",
      "warning: dependent_bug_target_release is deprecated",
    ],
    ["the old form", "plugins:\n  o/r: [cat]", "1:1: warning: a list of plugins by repository is deprecated"],
    ["both forms", "plugins: {o: [cat], p: {plugins: [cat]}}", "1:11: error: expected a map, found list"],
    [
      "access that groups lose",
      "config_updater: {maps: {a: {cluster_groups: [g], allowed_repos: [o]}}, cluster_groups: {g: {}}}",
      "warning: allowed_repos does nothing beside cluster_groups",
    ],
  ])("%s", (_what, text, problem) => {
    const { plugins, problems } = readText(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(plugins === undefined).toBe(!problem.includes("warning"));
  });

  it.each([
    [
      "a plugin twice, of a repository that the org excludes",
      "plugins: {o: {plugins: [cat], excluded_repos: [r]}, o/r: {plugins: [cat]}}",
    ],
    ["a plugin twice in one list", "plugins: {o/r: {plugins: [cat, cat]}}"],
    [
      "both who choose reviewers, of which the org's does not count",
      "plugins: {o: {plugins: [rifle], excluded_repos: [r]}, o/r: {plugins: [blunderbuss]}}",
    ],
    [
      "a ConfigMap from two files with keys of their own",
      "config_updater: {maps: {a/x: {name: c}, b/x: {name: c, key: z}}}",
    ],
    ["a glob that matches nothing", "config_updater: {maps: {'[': {name: x}}}"],
    ["an external plugin without a name", "external_plugins: {o/r: [{endpoint: http://x}]}"],
    ["numbers and switches for strings", "cat: {key_path: 7}\nlabel: {additional_labels: [1, true]}"],
    ["nothing at all", "size:\nblockades: ~\nplugins: {o: }"],
  ])("is not %s", (_what, text) => {
    expect(readText(text).problems).toEqual([]);
  });

  it("is told where it is in the old form, too", () => {
    expect(readText("plugins:\n  o/r:\n  - {}\n").problems[0]).toContain("3:5: error: expected a string");
  });

  it("is told at once, whatever else is wrong", () => {
    expect(
      readText("size: {s: 2, m: 1, l: 3, xl: 3, xxl: 3}\nheart: {commentregexp: '('}\nretitle: 1").problems,
    ).toHaveLength(3);
  });
});

describe("plugins.yaml beyond what it says", () => {
  it("sends events of an external plugin to its name", () => {
    const plugins = pluginsOf("external_plugins: {o: [{name: x}, {name: y, endpoint: http://z}]}");
    expect(plugins.external({ org: "o", repo: "r" }).map(({ endpoint }) => endpoint)).toEqual([
      "http://x",
      "http://z",
    ]);
  });

  it("keeps approved and lgtm out of OWNERS files, unless told otherwise", () => {
    expect(pluginsOf("").owners.labels_denylist).toEqual(["approved", "lgtm"]);
    expect(pluginsOf("owners: {labels_denylist: []}").owners.labels_denylist).toEqual([]);
  });
});
