// plugins.yaml texts for tests: one that has every section, and what a text says.
import { loadPlugins } from "../../src/config/load-plugins.ts";
import { problemText } from "../../src/config/source.ts";
import { knownPlugins, pluginSections } from "../../src/plugins/index.ts";

/** Prow's own examples of each section. */
export const EVERY_SECTION = `
plugins: {org: {plugins: [trigger, blunderbuss], excluded_repos: [old]}, org/repo: {plugins: [size]}}
external_plugins: {org: [{name: needs-rebase, events: [pull_request]}]}
owners: {skip_collaborators: [org], filenames: {org: {owners: OWNERS2, owners_aliases: ALIASES2}}}
approve: [{repos: [org], issue_required: true, commandHelpLink: https://x}]
blockades: [{repos: [ORGANIZATION], branchregexp: ^release-*, blockregexps: [^examples*], exceptionregexps: [^examples-keep/], explanation: moved}]
blunderbuss: {request_count: 2, max_request_count: 3, exclude_approvers: true, wait_for_status: {context: tide}}
rifle: {request_count: 2, max_request_count: 3, use_status_availability: true, ignore_authors: [bot]}
bugzilla:
  default: {'*': {is_open: true, statuses: [NEW, MODIFIED], state_after_merge: {status: RELEASE_PENDING}}}
  orgs: {org: {default: {main: {target_release: release1}}, repos: {repo: {branches: {branch: {allowed_groups: [group1]}}}}}}
branch_cleaner: {preserved_branches: {kubernetes/kubernetes: [master]}}
cat: {key_path: /etc/cat-api/api-key}
cherry_pick_approved: [{org: org, branchregexp: ^release-*, approvers: [alice]}]
cherry_pick_unapproved: {branchregexp: ^release-*, comment: This is why.}
config_updater:
  cluster_groups: {builds: {clusters: [one, two], namespaces: [ci]}}
  maps: {config.yaml: {name: config, gzip: true}, 'jobs/**/*.yaml': {name: jobs, cluster_groups: [builds]}}
dco: {org/repo: {skip_dco_check_for_members: true, trusted_org: org, contributing_path: docs/CONTRIBUTING.md}}
golint: {minimum_confidence: 0.8}
goose: {key_path: /etc/unsplash-api/honk.txt}
heart: {adorees: [alice, bob], commentregexp: .*}
help: {help_guidelines_url: https://x, help_guidelines_summary: y}
invalid_commit_msg: [{repos: [org], checks: [{name: fixupPrefix, disabled: true}]}]
jira: {disabled_jira_projects: [enterprise]}
label: {additional_labels: [api-review], restricted_labels: {'*': [{label: r, allowed_teams: [t], assign_on: [{label: o}]}]}}
lgtm: [{repos: [org], review_acts_as_lgtm: true}]
milestone_applier: {kubernetes/kubernetes: {release-1.19: v1.19}}
override: {allow_top_level_owners: true, allowed_github_teams: {kubernetes/kubernetes: [team1, team2]}}
project_config:
  project_org_configs: {org: {org_maintainers_team_id: 123456, org_default_column_map: {project1: To do}, project_repo_configs: {repo: {repo_maintainers_team_id: 7}}}}
project_manager: {orgsRepos: {org/repo: {projects: {project: {columns: [{id: 123, name: To do, state: open, labels: [area/conformance], org: org}]}}}}}
release_note: {guidelines_url: https://x}
repo_milestone: {'': {maintainers_team: leads, maintainers_friendly_name: Leads}}
require_matching_label: [{org: org, repo: repo, branch: master, prs: true, issues: true, regexp: ^kind/, missing_label: needs-kind, missing_comment: Please., grace_period: 5s}]
retitle: {allow_closed_issues: true}
sigmention: {regexp: '(?m)@kubernetes/sig-([\\w-]*)-(misc|bugs)'}
size: {s: 10, m: 30, l: 100, xl: 500, xxl: 1000}
slack: {mentionchannels: [channel1], mergewarnings: [{repos: [org/repo1], channels: [c], exempt_users: [alice], exempt_branches: {dev: [james, joe]}}]}
triggers: [{repos: [org/repo1], only_org_members: true, org_invite: {prominent: {merged_pr_threshold: 0}}}]
welcome: [{repos: [org/repo1], message_template: 'Welcome @{{.AuthorLogin}}!'}]
`;

export function readText(text: string) {
  const file = { path: "plugins.yaml", text };
  const { plugins, problems } = loadPlugins(file, [], pluginSections, { knownPlugins });
  return { plugins, problems: problems.map(problemText) };
}

/** The configuration of a text that is right. */
export function pluginsOf(text: string) {
  const { plugins, problems } = readText(text);
  if (!plugins) throw new Error(problems.join("\n"));
  return plugins;
}
