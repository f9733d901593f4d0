import { describe, expect, it } from "vitest";
import {
  aliasKey,
  jobDirectory,
  jobRoot,
  latestBuildKeys,
  repoDirectory,
} from "../../src/model/storage-layout.ts";

const refs = { org: "o", repo: "r", pulls: [{ number: 7, author: "a", sha: "s" }] };
const spec = (type: "presubmit" | "postsubmit" | "periodic" | "batch") => ({
  type,
  job: "j",
  buildid: "1",
  refs,
});
const explicit = { path_strategy: "explicit", path_prefix: "p/x" } as const;

describe("storage keys", () => {
  it.each([
    [
      "presubmit",
      "p/x/pr-logs/pull/o_r/7/j/1",
      ["pr-logs/directory/j/latest-build.txt", "pr-logs/pull/o_r/7/j/latest-build.txt"],
    ],
    ["batch", "p/x/pr-logs/pull/batch/j/1", ["pr-logs/directory/j/latest-build.txt"]],
    ["postsubmit", "p/x/logs/j/1", ["logs/j/latest-build.txt"]],
    ["periodic", "p/x/logs/j/1", ["logs/j/latest-build.txt"]],
  ] as const)("of a %s", (type, directory, latest) => {
    expect(jobDirectory(spec(type), explicit)).toBe(directory);
    expect(latestBuildKeys(spec(type), explicit)).toEqual(latest);
  });

  it("have an alias for presubmits only, outside the prefix", () => {
    expect(aliasKey(spec("presubmit"))).toBe("pr-logs/directory/j/1.txt");
    expect(aliasKey(spec("batch"))).toBeUndefined();
    expect(jobRoot(spec("periodic"))).toBe("logs/j");
  });

  it.each([
    ["explicit", "k", "k", "k_k"],
    ["single", "k", "k", ""],
    ["single", "k", "other", "k_other"],
    ["legacy", "k", "k", ""],
    ["legacy", "k", "other", "other"],
    ["legacy", "else", "a/b", "else_a_b"],
    ["explicit", "https://g.com", "a/b", "g.com_a_b"],
  ] as const)("by strategy %s of %s/%s", (path_strategy, org, repo, directory) => {
    expect(repoDirectory({ path_strategy, default_org: "k", default_repo: "k" }, org, repo)).toBe(directory);
  });

  it("of a job that is called .. lie where its results would, not above", () => {
    const up = { ...spec("presubmit"), job: ".." };
    expect(jobDirectory(up, explicit)).toBe("p/x/pr-logs/pull/o_r/7/__/1");
    expect(latestBuildKeys(up, explicit)).toEqual([
      "pr-logs/directory/__/latest-build.txt",
      "pr-logs/pull/o_r/7/__/latest-build.txt",
    ]);
  });
});
