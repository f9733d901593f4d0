// Warnings about tide, branch-protection, webhooks, links and unknown fields.
import { expect, test } from "vitest";
import { found } from "./found.ts";

const strict = "protect: true, required_status_checks: {strict: true}";

test.each<[name: string, queries: string, protection: string, conflicts: string[]]>([
  ["no strict branch", "[{orgs: [k]}]", "{}", []],
  ["no query", "[]", `{orgs: {k: {${strict}}}}`, []],
  [
    "a repository that tide leaves out",
    "[{orgs: [k], excludedRepos: [k/t]}]",
    `{orgs: {k: {protect: false, repos: {t: {${strict}}}}}}`,
    [],
  ],
  [
    "a repository that is not strict",
    "[{repos: [k/t]}]",
    `{orgs: {k: {${strict}, repos: {t: {protect: false}}}}}`,
    [],
  ],
  [
    "tide more general",
    "[{orgs: [k]}]",
    `{protect: true, orgs: {k: {repos: {t: {${strict}}}}}}`,
    ["repo: k/t"],
  ],
  [
    "tide more specific",
    "[{repos: [k/t]}]",
    "{protect: true, orgs: {k: {required_status_checks: {strict: true}}}}",
    ["repo: k/t"],
  ],
  [
    "a strict branch",
    "[{orgs: [k]}]",
    `{orgs: {k: {repos: {t: {branches: {m: {${strict}}}}}}}}`,
    ["repo: k/t"],
  ],
])("tide-strict-branch: %s", (_name, queries, protection, conflicts) => {
  const yaml = `tide: {queries: ${queries}}\nbranch-protection: ${protection}`;
  const messages = found("tide-strict-branch", { yaml });
  expect(messages).toHaveLength(conflicts.length ? 1 : 0);
  for (const conflict of conflicts) expect(messages[0]).toContain(`handles merges: [${conflict}].`);
});

test("tide-strict-branch: everywhere", () => {
  const yaml = `tide: {queries: [{orgs: [k]}]}\nbranch-protection: {${strict}}`;
  expect(found("tide-strict-branch", { yaml })[0]).toContain("cannot be globally enabled when Tide");
});

test("tide-context-policy: a context that is two things", () => {
  const yaml = "tide: {context_options: {required-contexts: [a], optional-contexts: [a]}}";
  const jobs = "presubmits: {o/r: [{name: j, branches: [main], spec: {containers: [{image: i}]}}]}";
  expect(found("tide-context-policy", { yaml, jobs })).toEqual([
    "context policy for main branch in o/r is invalid: contexts a are defined as required and optional",
  ]);
});

test("needs-ok-to-test", () => {
  const yaml = "tide: {queries: [{repos: [o/r], labels: [lgtm], missingLabels: [needs-ok-to-test]}]}";
  expect(found("needs-ok-to-test", { yaml })[0]).toMatch(/^the tide query at position 0 forbids the/);
});

test("managed-webhooks", () => {
  const yaml =
    "managed_webhooks: {org_repo_config: {o: {token_created_after: 2020-01-01T00:00:00Z}, o/r: {}, p/q: {}}}";
  expect(found("managed-webhooks", { yaml })).toEqual([
    'org-level and repo-level webhooks are configured together for "o/r", which is not allowed as there will be duplicated webhook events',
  ]);
});

test("validate-urls, only with plugins, as in Prow", () => {
  const yaml = 'status_error_link: "https://bad host/"';
  expect(found("validate-urls", { yaml, pluginsYaml: "{}" })).toEqual([
    "status_error_link is not a valid url: https://bad host/",
  ]);
  expect(found("validate-urls", { yaml })).toEqual([]);
});

test("unknown fields: of the main files, or of all", () => {
  const world = {
    yaml: "tide: {sync_perid: 1m}",
    jobs: "presubmits: {o/r: [{name: j, alwys_run: true, Optional: true, spec: {containers: [{image: i}]}}]}",
    pluginsYaml: "trigers: []",
  };
  const main = [
    'unknown fields or bad config in config.yaml: unknown field "sync_perid"',
    'unknown fields or bad config in plugins.yaml: unknown field "trigers"',
  ];
  expect(found("unknown-fields", world)).toEqual(main);
  expect(found("unknown-fields-all", world).sort()).toEqual(
    [...main, 'unknown fields or bad config in jobs.yaml: unknown field "alwys_run"'].sort(),
  );
});

const LAYERS = (root: string, org: string, repo: string, branch: string): string =>
  `branch-protection: {${root}exclude: [x], orgs: {o: {${org}exclude: [x], repos: {r: {${repo}exclude: [x], branches: {b: {${branch}exclude: [x]}}}}}}}`;
const OFF = "unmanaged: true, ";

test.each<[name: string, yaml: string, messages: string[]]>([
  ["nothing", "", []],
  [
    "everything",
    LAYERS(OFF, "", "", "protect: true, "),
    [
      "branch protection is globally set to unmanaged, but has configuration",
      "branch protection config is globally set to unmanaged but has configuration for org o without setting the org to unmanaged: false",
    ],
  ],
  [
    "an org",
    LAYERS("", OFF, "", "protect: true, "),
    [
      "branch protection config for org o is set to unmanaged, but it defines settings",
      "branch protection config for repo o/r is defined, but branch protection is unmanaged for org o without setting the repo to unmanaged: false",
    ],
  ],
  [
    "a repository",
    LAYERS("", "", OFF, "protect: true, "),
    [
      "branch protection config for repo o/r is set to unmanaged, but it defines settings",
      "branch protection for repo o/r is set to unmanaged, but it defines settings for branch b without setting the branch to unmanaged: false",
    ],
  ],
  [
    "a branch",
    LAYERS("", "", "", OFF),
    ["branch protection config for branch b in repo o/r is set to unmanaged but defines settings"],
  ],
  ["a repository but not its branch", LAYERS("", "", OFF, "unmanaged: false, protect: true, "), []],
])("validate-unmanaged…: %s", (_name, yaml, messages) => {
  expect(found("validate-unmanaged-branchconfig-has-no-subconfig", { yaml })).toEqual(messages);
});

test("checks-need-app: check runs with a token", () => {
  const yaml = "github_reporter: {reports: {acme: checks, acme/loud: statuses, '*': checks}}";
  expect(found("checks-need-app", { yaml, byToken: true })).toEqual([
    "github_reporter.reports asks for check runs for acme, *, which GitHub takes from Apps alone: with a token results are commit statuses",
  ]);
  expect(found("checks-need-app", { yaml, byToken: false })).toEqual([]);
  expect(found("checks-need-app", { byToken: true })).toEqual([]);
});
