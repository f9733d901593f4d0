// What operators find in the log.
import { expect, test } from "vitest";
import { jsonLog } from "../../src/cmd/log.ts";

function logged(fields: Record<string, unknown>): Record<string, unknown> {
  const lines: string[] = [];
  jsonLog("tide", (line) => lines.push(line))
    .child({ repo: "org/repo" })
    .error(fields, "Error syncing.");
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!);
}

test("a line names the component, the level and the time", () => {
  expect(logged({ pr: 7 })).toMatchObject({
    component: "tide",
    level: "error",
    msg: "Error syncing.",
    repo: "org/repo",
    pr: 7,
    time: expect.stringMatching(/^\d{4}-/),
  });
});

test("an error is told by its words, and where it comes from", () => {
  const line = logged({ error: new Error("GitHub is down") });
  expect(line).toMatchObject({ error: "GitHub is down", stack: expect.stringContaining("log.test.ts") });
  expect(logged({ error: "plain words" })).toMatchObject({ error: "plain words" });
});

test("credentials are left out", () => {
  expect(JSON.stringify(logged({ token: "geheim", app: { privateKey: "geheim" } }))).not.toContain("geheim");
});

test.each([
  ["trace", ["debug", "info", "warn", "error"]],
  ["debug", ["debug", "info", "warn", "error"]],
  ["info", ["info", "warn", "error"]],
  ["warning", ["warn", "error"]],
  ["warn", ["warn", "error"]],
  ["Error", ["error"]],
  ["fatal", []],
])("log_level: %s lets %j through, of children too", (level, expected) => {
  const lines: string[] = [];
  const log = jsonLog("hook", (line) => lines.push(line));
  const child = log.child({ repo: "org/repo" });
  log.obey(level);
  for (const name of ["debug", "info", "warn", "error"] as const) child[name]({}, "words");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
});
