import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const shared = join(root, "../shared");
const judge = join(shared, "oracle/compare.mjs");
const run = (...args: string[]) =>
  execFileSync(process.execPath, args, { cwd: root, maxBuffer: 2 ** 30, encoding: "utf8" });

const paths = (corpus: string) => [
  "--config-path",
  join(corpus, "config.yaml"),
  "--job-config-path",
  join(corpus, "jobs"),
];

function compared(expected: string, actual: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "cutwater-parity-")), "actual.jsonl");
  writeFileSync(file, actual);
  return run(judge, join(shared, "oracle", expected), file);
}

// Recorded outcomes of real Prow; they are not part of the repository.
describe.skipIf(!existsSync(judge))("what Prow makes of it (needs ../shared/oracle)", () => {
  it.each([
    ["kubernetes", 3849],
    ["oss", 228],
  ])("of %s are all equal", (deployment, count) => {
    const corpus = join(shared, "corpus", deployment);
    const actual = run("scripts/parity-jobs.ts", ...paths(corpus));
    expect(compared(`${deployment}.jobs.jsonl.gz`, actual)).toContain(`${count} passed, 0 failed`);
  });

  it.each([
    ["kubernetes", 256],
    ["oss", 49],
  ])("of repositories of %s too", (deployment, count) => {
    const corpus = join(shared, "corpus", deployment);
    const plugins = ["--plugin-config", join(corpus, "plugins.yaml")];
    const actual = run("scripts/parity-repos.ts", ...paths(corpus), ...plugins);
    expect(compared(`${deployment}.repos.jsonl.gz`, actual)).toContain(`${count} passed, 0 failed`);
  });

  it.each([
    ["kubernetes", 1846],
    ["prow", 1328],
  ])("owners of the files of %s too", (repository, count) => {
    const recorded = gunzipSync(readFileSync(join(shared, "oracle", `${repository}.owners.jsonl.gz`)));
    const files = recorded
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).path as string);
    const list = join(mkdtempSync(join(tmpdir(), "cutwater-parity-")), "paths");
    writeFileSync(list, files.join("\n"));
    const directory = join(shared, "corpus/owners", repository);
    const actual = run("scripts/parity-owners.ts", "--dir", directory, "--paths", list);
    expect(compared(`${repository}.owners.jsonl.gz`, actual)).toContain(`${count} passed, 0 failed`);
  });

  it("verdicts on hostile and odd configurations are the same", () => {
    const actual = run("scripts/parity-verdicts.ts", join(shared, "oracle/config-verdicts.json"));
    expect(compared("config-verdicts.json", actual)).toContain("73 passed, 0 failed");
  });
});
