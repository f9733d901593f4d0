// Which presubmits a comment selects, and when it is answered with help. The cases of Prow's filters.
import { describe, expect, test } from "vitest";
import type { Presubmit } from "../../src/config/job.ts";
import type { Status } from "../../src/model/github.ts";
import { helpNote, selectPresubmits } from "../../src/plugins/trigger/selection.ts";
import { sampleConfig, theJob } from "../jobs/sample.ts";

const base = theJob(sampleConfig());
const job = (name: string, more: Partial<Presubmit> = {}): Presubmit => ({
  ...base,
  ...{ name, context: name, trigger: `(?m)^/test( | .* )${name},?($|\\s.*)`, rerun_command: `/test ${name}` },
  ...more,
});
const always = job("always", { always_run: true });
const ifChanged = job("if-changed", { run_if_changed: "sometimes" });
const unlessOnly = job("unless-only", { skip_if_only_changed: "seldom" });
const manual = job("manual");
const optional = job("optional", { optional: true });
const jobs = [always, ifChanged, unlessOnly, manual, optional];

const statuses = (["success", "pending", "error", "failure"] as const).map(
  (state): Status => ({ context: state, state, description: "", target_url: "" }),
);

interface Given {
  jobs?: Presubmit[];
  okToTest?: boolean;
  files?: string[];
  statuses?: () => Promise<Status[]>;
}

async function selected(body: string, given: Given = {}): Promise<string[]> {
  const { okToTest = false, files = ["sometimes"] } = given;
  const found = await selectPresubmits(body, given.jobs ?? jobs, okToTest, {
    branch: "main",
    changes: async () => files,
    statuses: given.statuses ?? (async () => statuses),
  });
  return found.map(({ name }) => name);
}

const AUTOMATIC = ["always", "if-changed", "unless-only"];

describe("a comment selects", () => {
  test.each<[string, Given, string[]]>([
    ["/test all", {}, AUTOMATIC],
    ["/test all", { files: ["seldom"] }, ["always"]],
    ["/ok-to-test", { okToTest: true }, AUTOMATIC],
    ["/ok-to-test", {}, []],
    ["not a command", {}, []],
    ["/test manual", {}, ["manual"]],
    ["/test if-changed", { files: [] }, ["if-changed"]],
    ["something /test manually", {}, []],
    ["something/test manual", { jobs: [job("loose", { trigger: "/test manual" })] }, ["loose"]],
    ["/test all", { jobs: [job("named", { trigger: "(?m)^/test all$" }), manual] }, ["named"]],
    ["/test-manual-required", {}, ["manual"]],
    ["/test always\n/test manual\n/test all", {}, [...AUTOMATIC, "manual"]],
  ])("%j given %j: %j", async (body, given, names) => {
    expect(await selected(body, given)).toEqual(names);
  });

  const known = [
    job("passed", { context: "success" }),
    job("runs", { context: "pending" }),
    job("failed", { context: "failure", optional: true }),
    job("erred", { context: "error" }),
    job("failed-conditionally", { context: "error", run_if_changed: "never" }),
    job("missing", { always_run: true }),
    job("missing-conditionally", { run_if_changed: "never" }),
    job("missing-manually"),
  ];
  test.each([
    ["/retest", ["failed", "erred", "failed-conditionally", "missing"]],
    ["/retest-required", ["erred", "failed-conditionally", "missing"]],
    ["/test passed\n/test all\n/retest", ["passed", "failed", "erred", "failed-conditionally", "missing"]],
  ])("what %j means by the statuses", async (body, names) => {
    expect(await selected(body, { jobs: known })).toEqual(names);
  });

  test("nothing when the statuses that it needs cannot be read; others need none", async () => {
    const broken = { statuses: () => Promise.reject(new Error("502")) };
    expect(await selected("/test all", broken)).toEqual(AUTOMATIC);
    await expect(selected("/retest", broken)).rejects.toThrow("502");
  });

  test("nothing when the files that it needs cannot be read", async () => {
    const facts = {
      branch: "main",
      changes: () => Promise.reject(new Error("502")),
      statuses: async () => [],
    };
    await expect(selectPresubmits("/test all", [ifChanged], false, facts)).rejects.toThrow("502");
    expect(await selectPresubmits("/test if-changed", [ifChanged], false, facts)).toEqual([ifChanged]);
  });
});

describe("help is the answer", () => {
  const ASKED = "The `/test` command needs one or more targets.\n";
  const WRONG = "The specified target(s) for `/test` were not found.\n";
  const NONE = "No jobs can be run with `/test all`.\n";
  const RETEST = "The `/retest` command does not accept any targets.\n";
  test.each<[string, number, string | undefined]>([
    ["", 0, undefined],
    ["let's merge this", 0, undefined],
    ["/test e2e", 1, undefined],
    ["/test f00", 0, WRONG],
    ["/test all", 1, undefined],
    ["/test all", 0, NONE],
    ["/retest", 1, undefined],
    ["/retest", 0, undefined],
    ["/test", 0, ASKED],
    ["/retest e2e", 0, RETEST],
    ["/test ?", 0, ""],
    ["/test all\n/test ?", 3, ""],
  ])("to %j with %d jobs selected: %j", (body, count, note) => {
    expect(helpNote(body, count)).toBe(note);
  });
});
