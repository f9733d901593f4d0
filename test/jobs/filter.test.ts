import { describe, expect, it } from "vitest";
import type { Presubmit } from "../../src/config/job.ts";
import {
  couldRun,
  intersects,
  needsExplicitTrigger,
  postsubmitShouldRun,
  shouldRun,
  shouldRunOn,
  triggerMatches,
} from "../../src/jobs/filter.ts";
import { sampleConfig, theJob } from "./sample.ts";

const job = (fields: string): Presubmit => theJob(sampleConfig(fields));

describe("branches", () => {
  it.each([
    ["optional: false", "any", true],
    ["branches: [master]", "master", true],
    ["branches: [master]", "foo-master-2", true],
    ["branches: [^master$, release]", "foo-master", false],
    ["skip_branches: [gh-pages]", "gh-pages", false],
    ["branches: [main]\nskip_branches: [main-old]", "main-old", false],
  ])("%j on %s: %s", (fields, branch, runs) => {
    expect(couldRun(job(fields), branch)).toBe(runs);
  });

  it("of two jobs meet unless their lists say otherwise", () => {
    expect(intersects({ branches: ["a"] }, { branches: ["b"] })).toBe(false);
    expect(intersects({ branches: ["a"] }, { skip_branches: ["^a$"] })).toBe(false);
    expect(intersects({ skip_branches: ["a"] }, { skip_branches: ["b"] })).toBe(true);
    expect(intersects({}, { branches: ["b"] })).toBe(true);
  });
});

describe("changed files", () => {
  const docs = ["docs/a.md"];
  it.each([
    ["always_run: true", [], true],
    ["run_if_changed: ^docs/", docs, true],
    ["run_if_changed: ^src/", docs, false],
    [String.raw`skip_if_only_changed: \.md$`, docs, false],
    [String.raw`skip_if_only_changed: \.md$`, ["a.go", ...docs], true],
    ["optional: true", docs, false],
  ])("%j with %j: %s", (fields, files, runs) => {
    expect(shouldRunOn(job(fields), "main", files, false, false)).toBe(runs);
  });

  it("do not matter to a job that was asked for, branches do", async () => {
    const never = () => Promise.reject(new Error("not to be asked"));
    expect(await shouldRun(job("run_if_changed: x"), "main", never, true, false)).toBe(true);
    expect(await shouldRun(job("run_if_changed: x\nbranches: [other]"), "main", never, true, true)).toBe(
      false,
    );
    expect(await shouldRun(job("run_if_changed: x"), "main", async () => ["y"], false, true)).toBe(true);
  });

  it("start a postsubmit unless it says otherwise", () => {
    const { branches, always_run, run_if_changed, ...base } = job("optional: false");
    expect(postsubmitShouldRun(base, "main", docs)).toBe(true);
    expect(postsubmitShouldRun({ ...base, always_run: false }, "main", docs)).toBe(false);
    expect(postsubmitShouldRun({ ...base, run_if_changed: "^src/" }, "main", docs)).toBe(false);
    expect([branches, always_run, run_if_changed]).toEqual([undefined, undefined, undefined]);
  });
});

describe("comments", () => {
  it("start a job by its trigger", () => {
    const unit = job("optional: false");
    expect(needsExplicitTrigger(unit)).toBe(true);
    expect(triggerMatches(unit, "please\n/test other unit\r\n")).toBe(true);
    expect(triggerMatches(unit, "/test units")).toBe(false);
    expect(triggerMatches(unit, "/TEST unit")).toBe(false);
  });
});
