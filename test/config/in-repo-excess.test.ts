// What a pull request's own configuration asks for that would take long: it is refused before anything is done with it.
import { expect, test } from "vitest";
import { parseInRepoConfig } from "../../src/config/in-repo-config.ts";
import { loadConfig } from "../../src/config/load.ts";

const text = "in_repo_config: {enabled: {acme/lib: true}}\n";
const { config } = loadConfig({ config: { path: "config.yaml", text }, jobs: [] }, []);
const times = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");
const job = (i: number, more = "") =>
  `- {name: job-${i}, ${more} spec: {containers: [{image: a, command: [x]}]}}\n`;
const parse = (yaml: string) => parseInRepoConfig([{ path: ".prow.yaml", text: yaml }], "acme/lib", config!);

test.each([
  ["a repeated class of thousands", `${"\\pL{1000}".repeat(1_000)}`],
  ["repetitions of repetitions", `${"((\\pL{10}){10}){10}".repeat(100)}`],
  ["a long one", "[\\pL\\pN]".repeat(10_000)],
])("regular expressions: %s", (_, pattern) => {
  const started = performance.now();
  const { presubmits, problems } = parse(`presubmits:\n${job(0, `run_if_changed: '${pattern}',`)}`);
  expect(presubmits).toEqual([]);
  expect(problems[0]?.message).toMatch(
    /^the files of this repository hold \d+ characters of regular expressions/,
  );
  expect(performance.now() - started).toBeLessThan(500);
});

test("triggers, which every comment is held against", () => {
  const trigger = `(?m)^/x ${"[a-z]?".repeat(2_500)}$`;
  const { problems } = parse(`presubmits:\n${job(0, `trigger: '${trigger}', rerun_command: /x a,`)}`);
  expect(problems[0]?.message).toMatch(/15\d\d\d characters of triggers, .*; at most 15000 are read/);
});

test("names of jobs, which are in their triggers", () => {
  const { problems } = parse(`presubmits:\n- {name: ${"a".repeat(60_001)}}\n`);
  expect(problems[0]?.message).toMatch(/60001 characters of names of jobs; at most 60000 are read/);
});

test.each([
  ["by themselves", 4_000, 1, /characters of presets; at most 100000 are read/],
  ["in all jobs", 1_000, 200, /characters of presets for 200 containers, which is more than is read/],
])("presets: %s", (_, presets, jobs, words) => {
  const started = performance.now();
  const all = `presets:\n${times(presets, (i) => `- {labels: {p: "1"}, env: [{name: e${i}, value: v}]}\n`)}presubmits:\n`;
  const { problems } = parse(all + times(jobs, (i) => job(i, 'labels: {p: "1"},')));
  expect(problems[0]?.message).toMatch(words);
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("nothing that people write", () => {
  const filters = `branches: ['release-\\d{1,2}\\.\\d{1,3}', '[0-9a-f]{40}'], skip_branches: [main],`;
  const presets = `presets:\n${times(20, (i) => `- {labels: {p${i}: "1"}, env: [{name: E${i}, value: v}]}\n`)}`;
  const { presubmits, problems } = parse(`${presets}presubmits:\n${times(200, (i) => job(i, filters))}`);
  expect(problems).toEqual([]);
  expect(presubmits).toHaveLength(200);
});
