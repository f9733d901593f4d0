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
