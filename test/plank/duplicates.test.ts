// Which runs are runs of the same thing.
import { describe, expect, test } from "vitest";
import type { Refs } from "../../src/model/refs.ts";
import { identityOf } from "../../src/plank/duplicates.ts";
import { prowJob } from "./world.ts";

const pull = (number: number, sha = "x") => ({ number, sha, author: "alice" });
const refs = (more: Partial<Refs> = {}): Refs => ({
  org: "acme",
  repo: "lib",
  base_ref: "main",
  pulls: [pull(1)],
  ...more,
});
const identity = (more: Partial<Refs> = {}, spec = {}) =>
  identityOf(prowJob({}, { refs: refs(more), ...spec }));

describe("identity of a presubmit", () => {
  test("commits, titles and the order of pulls do not matter", () => {
    expect(identity({ base_sha: "a", pulls: [pull(1, "a"), pull(12, "b")] })).toBe(
      identity({ base_sha: "b", pulls: [pull(12, "c"), { ...pull(1, "d"), title: "t" }] }),
    );
  });

  test("job, repository, branch, pulls and extra refs do", () => {
    const all = [
      identity(),
      identity({}, { job: "other" }),
      identity({ repo: "app" }),
      identity({ base_ref: "dev" }),
      identity({ pulls: [pull(2)] }),
      identity({ pulls: [pull(1), pull(2)] }),
      identity({}, { extra_refs: [{ org: "acme", repo: "tools" }] }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test("only presubmits have one", () => {
    for (const type of ["postsubmit", "periodic", "batch"]) expect(identity({}, { type })).toBeUndefined();
  });
});
