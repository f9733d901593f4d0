// A command line that cannot be meant is refused in a sentence, with exit code 2, before anything starts.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const CUTWATER = join(import.meta.dirname, "..", "..", "bin", "cutwater");

test.each([
  ["up --local 41680", 'unexpected argument "41680"; did you mean npm start -- --port 41680?'],
  ["deck 41680", 'unexpected argument "41680"; did you mean cutwater deck --port 41680?'],
  ["sinker now", 'unexpected argument "now"'],
  ["up --local --port 99999", "--port 99999 is too high or too low"],
  ["up --local --demo --exit --no-demo", "leave one of them out"],
])("%s", (line, words) => {
  const { status, stderr, stdout } = spawnSync(CUTWATER, line.split(" "), { encoding: "utf8" });
  expect([status, stdout]).toEqual([2, ""]);
  // A component says it in its log.
  const said = stderr.startsWith("{") ? JSON.parse(stderr).message : stderr.split("\n")[0];
  expect(said).toContain(words);
});

test("--version", () => {
  expect(spawnSync(CUTWATER, ["--version"], { encoding: "utf8" }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
