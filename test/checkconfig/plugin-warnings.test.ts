// Warnings about plugins.yaml, by itself and against tide and the jobs.
import { expect, test } from "vitest";
import { found } from "./found.ts";

const JOBS = "presubmits: {o/r: [{name: j, spec: {containers: [{image: i}]}}]}";

test("labels that tide asks for and no plugin sets, and the other way round", () => {
  const yaml =
    "tide: {queries: [{orgs: [o], labels: [lgtm], missingLabels: [do-not-merge/hold, needs-rebase]}]}";
  const pluginsYaml = "plugins: {o: {plugins: [approve]}, o/r: {plugins: [hold]}}";
  expect(found("mismatched-tide", { yaml, pluginsYaml })).toEqual([
    "the following orgs or repos require the lgtm label for merging but do not enable the lgtm plugin: [org: o]",
    "the following orgs or repos enable the approve plugin but do not require the approved label for merging: [org: o]",
    "the following orgs or repos forbid the do-not-merge/hold label for merging but do not enable the hold plugin: [org: o without repo(s) o/r 'o/r']",
    "the following orgs or repos forbid the needs-rebase label for merging but do not enable the needs-rebase plugin: [org: o]",
  ]);
  expect(found("mismatched-tide-lenient", { yaml, pluginsYaml })).toHaveLength(2);
  expect(found("mismatched-tide", { yaml })).toEqual([]);
});

test("needs-rebase is an external plugin, and looked at one way only", () => {
  const external = "external_plugins: {o: [{name: needs-rebase}]}";
  const forbids = "tide: {queries: [{orgs: [o], missingLabels: [needs-rebase]}]}";
  expect(found("mismatched-tide", { yaml: forbids, pluginsYaml: external })).toEqual([]);
  expect(found("mismatched-tide", { yaml: "tide: {queries: [{orgs: [o]}]}", pluginsYaml: external })).toEqual(
    [],
  );
});

test.each([
  ["plugins: {o: {plugins: [approve]}}", 1],
  ["plugins: {o: {plugins: [approve, verify-owners]}}", 0],
  ["plugins: {o: {plugins: [approve], excluded_repos: [r]}, o/q: {plugins: [verify-owners]}}", 1],
  ["plugins: {o: {plugins: [lgtm]}}", 0],
])("validate-owners: %s", (pluginsYaml, count) => {
  expect(found("validate-owners", { pluginsYaml })).toHaveLength(count);
});

test.each([
  [
    "plugins: {}",
    ["the following repos have jobs configured but do not have the trigger plugin enabled: repo: o/r"],
  ],
  ["plugins: {o: {plugins: [trigger]}}", []],
  ["plugins: {o/r: {plugins: [trigger]}}", []],
  [
    "plugins: {o: {plugins: [trigger], excluded_repos: [r]}}",
    ["the following repos have jobs configured but do not have the trigger plugin enabled: repo: o/r"],
  ],
])("missing-trigger: %s", (pluginsYaml, messages) => {
  expect(found("missing-trigger", { jobs: JOBS, pluginsYaml })).toEqual(messages);
});

test("validate-label", () => {
  const pluginsYaml =
    "label: {additional_labels: [a], restricted_labels: {o: [{label: a, allowed_users: [u]}], o/r: [{label: ''}]}}";
  expect(found("validate-label", { pluginsYaml })).toEqual([
    "the following orgs or repos have configuration of label plugin using the restricted label a which is also configured as an additional label: o",
    "the following orgs or repos have configuration of label plugin using the empty string as label name in restricted labels: o/r",
  ]);
});

test("validate-config-updater-acls", () => {
  const pluginsYaml = `config_updater: {maps: {a.yaml: {name: a, allowed_repos: ["", o, o/r], denied_repos: [a/b/c, /r]}}}`;
  expect(found("validate-config-updater-acls", { pluginsYaml })).toEqual([
    'config_updater.maps["a.yaml"].allowed_repos: org/repo cannot be empty',
    `config_updater.maps["a.yaml"].denied_repos: org/repo contains too many slashes '/'`,
    'config_updater.maps["a.yaml"].denied_repos: you cannot set a repo without an org',
  ]);
});

test("plugins that do nothing here", () => {
  const pluginsYaml = "plugins: {o: {plugins: [yuks, lgtm]}}";
  expect(found("absent-plugins", { pluginsYaml, absentPlugins: ["yuks"] })).toEqual([
    "plugin yuks is enabled for o, but Cutwater does not run it yet: it does nothing",
  ]);
});

test("Probot apps that cannot be run, or not as is meant", () => {
  const pluginsYaml = `external_plugins:
  o: [{name: a, probot: ./a.js}, {name: b, probot: b, endpoint: http://b}, {probot: ./c.js}, {name: d}]`;
  const probotFault = (probot: string) => (probot === "./a.js" ? "there is no ./a.js" : undefined);
  expect(found("probot-apps", { pluginsYaml, probotFault })).toEqual([
    "there is no ./a.js",
    "external plugin b has an endpoint and is a Probot app: the endpoint is sent nothing",
    "the Probot app ./c.js has no name: logs, metrics and help have nothing to call it by",
  ]);
});

test("what GitHub was asked", () => {
  expect(found("verify-owners-presence", { withoutOwners: ["o/r"] })[0]).toMatch(
    /root level OWNERS file: \[o\/r\]$/,
  );
  expect(found("validate-github-app-installation", { withoutApp: ["o"] })).toEqual([
    'There is configuration for the GitHub org "o" but the GitHub app is not installed there',
  ]);
});

test.each<[path: string, text: string, message: string | undefined]>([
  ["d/anything.yaml", "tide: {target_url: x}", undefined],
  ["d/o/a.yaml", "tide: {merge_method: {o: squash}}", undefined],
  ["d/o/a.yaml", "tide: {merge_method: {p: squash}, target_url: x}", "must be only o"],
  ["d/o/r/a.yaml", "tide: {queries: [{repos: [o/r]}]}", undefined],
  ["d/o/r/a.yaml", "branch-protection: {orgs: {o: {protect: false, repos: {r: {}}}}}", "an org too"],
  ["d/a/b/c/a.yaml", "{}", "too deep"],
])("supplemental %s with %s", (path, text, message) => {
  const supplements = [{ of: "config" as const, root: "d", path, text }];
  expect(found("validate-supplemental-prow-config-hierarchy", { supplements })).toHaveLength(message ? 1 : 0);
});

test("a supplemental plugins file for others", () => {
  const text = "plugins: {p: {plugins: [lgtm]}, o/r: {plugins: [lgtm]}}\nlabel: {additional_labels: [x]}";
  const supplements = [{ of: "plugins" as const, root: "d", path: "d/o/a.yaml", text }];
  expect(found("validate-supplemental-prow-config-hierarchy", { supplements })).toEqual([
    "config d/o/a.yaml is invalid: Must contain only config for org o, but contains global config and contains config for org p and contains config for repo o/r",
  ]);
});
