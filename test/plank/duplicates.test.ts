// Which runs are runs of the same thing.
import { describe, expect, test } from "vitest";
import type { ProwJob, ProwJobSpec, ProwJobStatus } from "../../src/model/prowjob.ts";
import type { Refs } from "../../src/model/refs.ts";
import { identityOf, outdated } from "../../src/plank/duplicates.ts";
import { JobIndex } from "../../src/plank/job-index.ts";
import { ago, prowJob } from "./world.ts";

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

describe("of all that is there, the outdated are", () => {
  const run = (
    name: string,
    minutesAgo: number,
    spec: Partial<ProwJobSpec> = {},
    status: ProwJobStatus = {},
  ) => prowJob({ startTime: ago(minutesAgo * 60), ...status }, { refs: refs(), ...spec }, name);
  const two = (older: Partial<ProwJobSpec>, newer: Partial<ProwJobSpec>) => [
    run("older", 60, older),
    run("newer", 1, newer),
  ];
  const other = (repo: string, number: number): Refs => refs({ repo, pulls: [pull(number)] });

  function found(jobs: ProwJob[]): string[] {
    const index = new JobIndex();
    for (const job of jobs) index.put(job);
    const names = jobs
      .flatMap((job) => outdated(index.duplicatesOf(job)))
      .map(({ metadata }) => metadata.name);
    return [...new Set(names)].sort();
  }

  const cases: [string, ProwJob[], string[]][] = [
    [
      "all but the newest presubmit, and nothing of another type or already over",
      [
        run("newest", 1, {}, { state: "pending" }),
        run("old", 60),
        run("older", 120),
        run("postsubmit", 120, { type: "postsubmit" }),
        run("over", 180, {}, { state: "success", completionTime: ago(1) }),
      ],
      ["old", "older"],
    ],
    [
      "those of each job by itself, in whatever order they came",
      [
        run("new-a", 1, { job: "a" }),
        run("old-a", 60, { job: "a" }),
        run("old-b", 60, { job: "b" }),
        run("new-b", 1, { job: "b" }),
      ],
      ["old-a", "old-b"],
    ],
    ["no batch jobs", two({ type: "batch" }, { type: "batch" }), []],
    [
      "runs for the same pulls in another order",
      two({ refs: refs({ pulls: [pull(2), pull(1)] }) }, { refs: refs({ pulls: [pull(1), pull(2)] }) }),
      ["older"],
    ],
    [
      "runs with the same extra refs in another order",
      two({ extra_refs: [other("b", 3), other("a", 2)] }, { extra_refs: [other("a", 2), other("b", 3)] }),
      ["older"],
    ],
    [
      "runs that have extra refs only",
      two({ refs: undefined, extra_refs: [other("a", 1)] }, { refs: undefined, extra_refs: [other("a", 1)] }),
      ["older"],
    ],
    [
      "runs on an older base",
      two({ refs: refs({ base_sha: "x" }) }, { refs: refs({ base_sha: "y" }) }),
      ["older"],
    ],
    [
      "runs of an older head",
      two({ refs: refs({ pulls: [pull(1, "x")] }) }, { refs: refs({ pulls: [pull(1, "y")] }) }),
      ["older"],
    ],
    [
      "none for another branch",
      two({ refs: refs({ base_ref: "main" }) }, { refs: refs({ base_ref: "dev" }) }),
      [],
    ],
  ];
  test.each(cases)("%s", (_name, jobs, expected) => {
    expect(found(jobs)).toEqual(expected);
    expect(found(jobs.toReversed())).toEqual(expected);
  });
});
