// What a change of the configuration does, and how it is shortened for a comment.
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { configDifference } from "../../src/tools/config-diff.ts";
import { differenceText, summary } from "../../src/tools/diff-output.ts";
import { splitRepo } from "../../src/tools/effective.ts";
import { load } from "../config/files.ts";

const loaded = (jobs: string, config?: string): { config: Config } => {
  const { config: found, problems } = load({ jobs, ...(config !== undefined && { config }) });
  if (!found) throw new Error(JSON.stringify(problems));
  return { config: found };
};
const jobs = (list: string[]): string =>
  `presubmits: {o/r: [${list.map((fields) => `{${fields}, spec: {containers: [{image: i}]}}`).join(", ")}]}`;
const compare = (before: string[], after: string[]) =>
  configDifference(loaded(jobs(before)), loaded(jobs(after)), "prowjob");

test("jobs of one name are told apart by their branches", () => {
  const { added, removed, altered } = compare(
    ["name: a, branches: [main]", "name: a, branches: [v1]"],
    ["name: a, branches: [v1]", "name: a, branches: [v2]", "name: b"],
  );
  expect(added.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(removed.map(({ name }) => name)).toEqual(["a"]);
  expect(altered).toEqual([]);
});

test("the order and the text of the YAML do not matter", () => {
  expect(summary(compare(["name: a", "name: b"], ["name: b, always_run: ", "name: a, labels: {}"]))).toBe(
    "nothing changes",
  );
});

test("a job that alone has the name may change its branches", () => {
  const { altered } = compare(["name: a, branches: [main]"], ["name: a, branches: [v1]"]);
  expect(altered).toEqual([
    {
      jobs: [{ kind: "presubmit", repo: "o/r", name: "a" }],
      changes: [{ field: "when.branches", before: ["main"], after: ["v1"] }],
    },
  ]);
});

test("jobs that are altered alike are told together, the many first", () => {
  const names = ["a", "b", "c"];
  const { altered } = compare(
    names.map((name) => `name: ${name}`),
    names.map((name) => `name: ${name}, ${name === "a" ? "optional: true" : "always_run: true"}`),
  );
  expect(altered.map((group) => group.jobs.map(({ name }) => name))).toEqual([["b", "c"], ["a"]]);
});

test("a query with other labels is the same query", () => {
  const tide = (queries: string) => `tide: {queries: [${queries}]}`;
  const difference = configDifference(
    loaded("", tide("{repos: [o/r], labels: [a]}, {repos: [o/x], labels: [z]}")),
    loaded("", tide("{repos: [o/r], labels: [a, b]}, {repos: [o/x, o/y], labels: [z]}, {orgs: [other]}")),
    "prowjob",
  );
  expect(difference.tideQueries).toEqual({
    added: [{ orgs: ["other"] }],
    removed: [],
    altered: [
      { query: { labels: ["z"] }, changes: [{ field: "repos", after: "o/y" }] },
      { query: { repos: ["o/r"] }, changes: [{ field: "labels", after: "b" }] },
    ],
  });
});

test("Markdown fits into a comment, and cannot be broken by what it quotes", () => {
  const many = Array.from({ length: 3_000 }, (_, i) => `name: job-${i}`);
  const difference = compare(
    [...many, "name: quoted, run_if_changed: a"],
    ["name: quoted, run_if_changed: '`b`'"],
  );
  const text = differenceText(difference, "markdown");
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain("3000 jobs removed");
  expect(text).toMatch(/- … and \d+ more; `cutwater render --diff` lists them all/);
  expect(text).toContain('  - `` ~ when.run_if_changed: "a" → "`b`" ``');
});

test.each([
  ["o/r", "o", "r"],
  ["https://a-review.example.com/x/y", "https://a-review.example.com", "x/y"],
])("%s is split as Prow splits it", (name, org, repo) => {
  expect(splitRepo(name)).toEqual({ org, repo });
});
