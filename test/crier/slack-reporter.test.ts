// Slack: which states of which jobs are told, where, in what words. Prow's own cases.
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { SLACK_TEMPLATE } from "../../src/config/defaults.ts";
import { isForSlack, slackConfig, slackEffect, slackReporter } from "../../src/crier/slack-reporter.ts";
import { MessageError } from "../../src/messages/error.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { job } from "./world.ts";

type Configs = Config["slack_reporter_configs"];
const configs = (value: object): Configs => value as Configs;

const postsubmit = (state: ProwJob["status"]["state"], slack?: object) =>
  job("build", state, { spec: { type: "postsubmit", ...(slack && { reporter_config: { slack } }) } });

const types = { job_types_to_report: ["postsubmit"] };
const channel = "whatever-channel";

describe("a job is told", () => {
  test.each([
    ["its type is listed, its state is not", { ...types }, "pending", undefined, false],
    [
      "its state is listed, its type is not",
      { job_states_to_report: ["success"] },
      "success",
      undefined,
      false,
    ],
    ["both are listed", { ...types, job_states_to_report: ["success"] }, "success", undefined, true],
    [
      "report: false",
      { ...types, job_states_to_report: ["success"], report: false },
      "success",
      undefined,
      false,
    ],
    [
      "report: true",
      { ...types, job_states_to_report: ["success"], report: true },
      "success",
      undefined,
      true,
    ],
    [
      "an empty list of the job's stands over the shared one",
      { ...types, job_states_to_report: ["success"] },
      "success",
      { job_states_to_report: [] },
      false,
    ],
    [
      "no list of the job's leaves the shared one",
      { ...types, job_states_to_report: ["success"] },
      "success",
      { job_states_to_report: undefined },
      true,
    ],
    ["another state is listed", { ...types, job_states_to_report: ["pending"] }, "success", undefined, false],
    [
      "a channel of the job's makes up for its type",
      { job_types_to_report: [], job_states_to_report: ["success"] },
      "success",
      { channel },
      true,
    ],
    [
      "the job's states stand over the shared ones",
      { job_types_to_report: [], job_states_to_report: ["success"] },
      "failure",
      { channel, job_states_to_report: ["failure", "pending"] },
      true,
    ],
    [
      "a channel of the job's does not make up for its state",
      { job_types_to_report: [], job_states_to_report: ["success"] },
      "pending",
      { channel },
      false,
    ],
    [
      "the job's own states do not match",
      { job_types_to_report: [], job_states_to_report: ["success"] },
      "success",
      { channel, job_states_to_report: ["failure", "pending"] },
      false,
    ],
    [
      "report: false of the job",
      { ...types, job_states_to_report: ["success"] },
      "success",
      { channel, report: false },
      false,
    ],
    ["nothing is set", {}, "success", undefined, false],
  ] as const)("%s", (_, shared, state, own, expected) => {
    expect(isForSlack(postsubmit(state, own), configs({ "*": shared }))).toBe(expected);
  });

  test("as soon as the configuration says so", () => {
    let current = configs({});
    const reporter = slackReporter({ config: () => ({ slack_reporter_configs: current }), workers: 1 });
    expect(reporter.shouldReport(postsubmit("failure"))).toBe(false);
    current = configs({ "*": { ...types, job_states_to_report: ["failure"] } });
    expect(reporter.shouldReport(postsubmit("failure"))).toBe(true);
  });
});

describe("the place", () => {
  const all = {
    "*": { channel: "global-default" },
    acme: { channel: "org" },
    "acme/lib": { channel: "repo" },
  };
  const periodic = { type: "periodic", refs: undefined } as const;
  test.each([
    ["of all", { "*": { host: "h", channel: "global-default" } }, periodic, "h", "global-default"],
    ["of the repository before the org's", all, {}, "*", "repo"],
    ["of the org", { "*": all["*"], acme: all.acme }, {}, "*", "org"],
    ["of the job", all, { reporter_config: { slack: { channel: "team-a", host: "x" } } }, "x", "team-a"],
    ["none", { other: { channel: "c" } }, {}, "*", ""],
    ["of the extra refs", all, { ...periodic, extra_refs: [{ org: "acme", repo: "lib" }] }, "*", "repo"],
  ] as const)("%s", (_, shared, spec, host, where) => {
    const of = job("build", "success", { spec: spec as Partial<ProwJob["spec"]> });
    expect(slackConfig(of, configs(shared))).toMatchObject({ host, channel: where });
  });
});

test("the words are the template's, the key is the job's and the state's", () => {
  const shared = configs({ "*": { channel: "c", report_template: SLACK_TEMPLATE } });
  const failed = slackEffect(postsubmit("failure"), shared);
  expect(failed).toMatchObject({
    do: "postToSlack",
    channel: "c",
    text: "Job build of type postsubmit ended with state failure. <https://ci/build|View logs>",
  });
  const own = slackEffect(postsubmit("error", { report_template: "{{.Spec.Job}}!" }), shared);
  expect(own).toMatchObject({ text: "build!" });
  expect((own as { key: string }).key).not.toBe((failed as { key: string }).key);
});

test("what Slack will never take is not tried again, what somebody can mend is", () => {
  const reporter = slackReporter({ config: () => ({ slack_reporter_configs: configs({}) }), workers: 1 });
  const { isHopeless } = reporter.steps(postsubmit("success"))[0]!;
  expect(isHopeless!(new MessageError(200, "msg_too_long", ""))).toBe(true);
  expect(isHopeless!(new MessageError(200, "channel_not_found", ""))).toBe(false);
});
