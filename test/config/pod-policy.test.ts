// Jobs that ask for more than a plain pod has: each way to it is found, and named by its field.
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseInRepoConfig } from "../../src/config/in-repo-config.ts";
import { podPolicy } from "../../src/config/pod-policy.ts";
import { problemText } from "../../src/config/source.ts";
import { central, type Fields, HARMLESS, HOSTILE } from "./hostile-jobs.ts";

const config = central();

function told(job: Fields, by = config): string[] {
  const text = stringify({ presubmits: [{ name: "mine", ...job }] });
  const result = parseInRepoConfig([{ path: ".prow.yaml", text }], "acme/lib", by);
  expect(result.problems.map(problemText)).toEqual([]);
  return result.raised().flatMap(({ problems }) => problems.map(({ message }) => message));
}

describe("what gives a pod more than a plain one has", () => {
  test.each(HOSTILE)("%s (%#)", (field, job) => {
    expect(told(job)).toContainEqual(
      expect.stringContaining(`job "mine" has ${field}, which no pull request may bring: `),
    );
  });

  test("there are many ways", () => expect(HOSTILE.length).toBeGreaterThanOrEqual(60));
});

describe("what a plain pod has", () => {
  test.each(HARMLESS)("%s", (_, job) => expect(told(job)).toEqual([]));
});

describe("where a job may not report", () => {
  const required = central(`tide:
  context_options:
    required-contexts: [scan]
    orgs: {acme: {repos: {lib: {branches: {main: {required-if-present-contexts: [license/cla]}}}}}}
branch-protection:
  protect: true
  orgs:
    acme: {repos: {lib: {required_status_checks: {contexts: [travis]}}}}
    other: {required_status_checks: {contexts: [theirs]}}
`);
  const job = { decorate: true, spec: { containers: [{ image: "i", command: ["run"] }] } };
  test.each(["scan", "license/cla", "travis", "tide", "dco"])("in the context %s of others", (context) => {
    expect(told({ ...job, context }, required)).toEqual([
      expect.stringContaining('job "mine" has context, which no pull request may bring: a merge needs it'),
    ]);
  });
  test.each(["own", "theirs"])("but in the context %s", (context) =>
    expect(told({ ...job, context }, required)).toEqual([]),
  );
  test("to any topic of Pub/Sub", () => {
    const annotations = { "prow.k8s.io/pubsub.project": "p", "prow.k8s.io/pubsub.topic": "t" };
    expect(told({ ...job, annotations })).toHaveLength(2);
  });
  test("in any channel of Slack", () => {
    const slack = { channel: "announcements", job_states_to_report: ["success"], report_template: "Hi" };
    expect(told({ ...job, reporter_config: { slack } })).toEqual([
      expect.stringContaining('job "mine" has reporter_config.slack, which no pull request may bring: '),
    ]);
  });
});

test("the place is told as of any other fault", () => {
  const text =
    "presubmits:\n- name: mine\n  spec:\n    containers:\n    - image: i\n      command: [run]\n      securityContext:\n        privileged: true\n";
  const { raised } = parseInRepoConfig([{ path: ".prow.yaml", text }], "acme/lib", config);
  expect(raised().flatMap(({ problems }) => problems.map(problemText))).toEqual([
    '.prow.yaml:8:9: error: job "mine" has spec.containers[0].securityContext.privileged, which no pull request may bring: a privileged container has the node (leave it out, or have the job in the central configuration, whose in_repo_config.pod_policy says what is allowed)',
  ]);
});

test("the policy of the repository, else of its org, else of all, else restricted", () => {
  expect(podPolicy(config, "acme/lib")).toBe("restricted");
  const mixed = central("in_repo_config: {pod_policy: {'*': prow, acme: restricted, acme/lib: prow}}\n");
  expect(["acme/lib", "acme/app", "other/app"].map((repo) => podPolicy(mixed, repo))).toEqual([
    "prow",
    "restricted",
    "prow",
  ]);
});
