// Warnings about jobs: what each finds, and what it leaves alone.
import { expect, test } from "vitest";
import { found } from "./found.ts";

const job = (fields: string): string =>
  `{name: a, ${fields}, spec: {containers: [{image: i, command: [c]}]}}`;
const LONG = "a".repeat(64);

test("jobs without the pod utilities are listed together", () => {
  const jobs = `
presubmits: {o/r: [${job("decorate: true")}, {name: b, spec: {containers: [{image: i}]}}]}
periodics: [{name: c, interval: 1h, spec: {containers: [{image: i}]}}]`;
  expect(found("non-decorated-jobs", { jobs })).toEqual([
    "the following jobs use the kubernetes provider but do not use the pod utilities: [b c]",
  ]);
});

test("names longer than a label", () => {
  const jobs = `
presubmits: {o/r: [{name: ${LONG}, spec: {containers: [{image: i}]}}]}
postsubmits: {o/r: [{name: ${LONG}, spec: {containers: [{image: i}]}}]}
periodics: [{name: ${LONG}, interval: 1h, spec: {containers: [{image: i}]}}]`;
  expect(found("long-job-names", { jobs })).toEqual([
    `name of Presubmit job "${LONG}" (for repo "o/r") too long (should be at most 63 characters)`,
    `name of Postsubmit job "${LONG}" (for repo "o/r") too long (should be at most 63 characters)`,
    `name of Periodic job "${LONG}" too long (should be at most 63 characters)`,
  ]);
});

test("refs that stand twice, the job's own among them", () => {
  const twice = job("extra_refs: [{org: o, repo: r, base_ref: m}, {org: x, repo: z, base_ref: m}]");
  expect(found("duplicate-job-refs", { jobs: `presubmits: {o/r: [${twice}]}` })).toEqual([
    "invalid job a on repo o/r: the following refs specified more than once: o/r",
  ]);
  expect(found("duplicate-job-refs", { jobs: `presubmits: {o/other: [${twice}]}` })).toEqual([]);
});

test("clone settings of a periodic", () => {
  const jobs = `periodics: [${job("interval: 1h, path_alias: k8s.io/x, decorate: true")}]`;
  expect(found("periodic-default-clone-config", { jobs })).toEqual([
    'periodic jobs might clone 0, 1, or more repos, top level `clone_depth`, `clone_uri`, and `path_alias` don\'t have any effect. Name: "a"',
  ]);
});

test("annotations that every job must have", () => {
  const jobs = `presubmits: {o/r: [${job("annotations: {owner: me}")}]}`;
  const asking = (...requiredAnnotations: string[]) =>
    found("required-job-annotations", { jobs, requiredAnnotations });
  expect(asking("owner")).toEqual([]);
  expect(asking("owner", "pager")).toEqual(["job 'a' is missing required annotations: pager"]);
  expect(asking("x", "pager")).toEqual(["job 'a' is missing required annotations: [x, pager]"]);
});

test("rerun commands that Gerrit's pattern does not let through", () => {
  const yaml = "gerrit: {allowed_presubmit_trigger_re: '^/test'}";
  const jobs = `presubmits: {o/r: [${job("rerun_command: /retry a, trigger: /retry")}]}`;
  expect(found("allowed-presubmit-trigger", { yaml, jobs })).toHaveLength(1);
  expect(found("allowed-presubmit-trigger", { jobs })).toEqual([]);
});

const CLUSTERS = { statuses: { default: "Reachable", far: "Unreachable" } };
test.each([
  ["cluster: default", []],
  [
    "cluster: far",
    [
      'Job configuration for "a" specifies cluster "far" which cannot be reached from Plank. Status: "Unreachable"',
    ],
  ],
  ["cluster: none", [`o/r: job configuration for "a" specifies unknown 'cluster' value "none"`]],
])("%s against what plank wrote", (fields, expected) => {
  const jobs = `presubmits: {o/r: [${job(fields)}]}`;
  expect(found("validate-cluster-field", { jobs, clusters: CLUSTERS })).toEqual(expected);
  expect(found("validate-cluster-field", { jobs })).toEqual([]);
});

test("a file of clusters that cannot be read", () => {
  expect(found("validate-cluster-field", { clusters: { fault: "error reading it" } })).toEqual([
    "error reading it",
  ]);
});
