// What operators find in the log.
import { expect, test } from "vitest";
import { jsonLog } from "../../../src/cmd/process/log.ts";
import type { LogFormat } from "../../../src/cmd/process/log-format.ts";
import { because } from "../../../src/lib/cause.ts";

function logged(fields: Record<string, unknown>, format?: LogFormat): Record<string, unknown> {
  const lines: string[] = [];
  jsonLog("tide", (line) => lines.push(line), format)
    .child({ org: "acme", repo: "tool" })
    .error(fields, "Error syncing.");
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!);
}

test("a line has the names of ECS, and beside them Prow's own", () => {
  expect(logged({ pr: 7, error: new TypeError("GitHub is down") })).toEqual({
    "@timestamp": expect.stringMatching(/^\d{4}-.*Z$/),
    "log.level": "error",
    severity: "error",
    message: "Error syncing.",
    "ecs.version": "8.17.0",
    "service.name": "tide",
    component: "tide",
    org: "acme",
    repo: "tool",
    pr: 7,
    "error.message": "GitHub is down",
    "error.type": "TypeError",
    "error.stack_trace": expect.stringContaining("log.test.ts"),
  });
  expect(logged({ error: "plain words" })).toMatchObject({ "error.message": "plain words" });
});

test("with --log-format=prow a line is as logrus writes it", () => {
  expect(logged({ pr: 7, error: "GitHub is down" }, "prow")).toEqual({
    time: expect.stringMatching(/^\d{4}-/),
    level: "error",
    severity: "error",
    msg: "Error syncing.",
    component: "tide",
    org: "acme",
    repo: "tool",
    pr: 7,
    error: "GitHub is down",
  });
  expect(logged({ error: new Error("x") }, "prow")).toMatchObject({ error: "x", stack: expect.any(String) });
});

test("a text under the name of an object of ECS does not make the store refuse the line", () => {
  expect(logged({ url: "gs://a/b", host: "*" })).toMatchObject({
    "labels.url": "gs://a/b",
    "labels.host": "*",
  });
  expect(logged({ url: "gs://a/b" }, "prow")).toMatchObject({ url: "gs://a/b" });
});

test("a part of a process with many is the service of its lines", () => {
  const lines: string[] = [];
  jsonLog("up", (line) => lines.push(line))
    .child({ component: "crier" })
    .info({}, "words");
  expect(JSON.parse(lines[0]!)).toMatchObject({ component: "crier", "service.name": "crier" });
});

test("every line that is written on behalf of a delivery names it, and no field comes twice", () => {
  const lines: string[] = [];
  const log = jsonLog("hook", (line) => lines.push(line)).child({ repo: "tool" });
  because({ guid: "g1", plugin: "lgtm", org: "acme", repo: "tool", pr: 7, prowjob: "pj", job: "unit" }, () =>
    log.info({ pr: 8 }, "GitHub limits requests, waiting"),
  );
  const [line = ""] = lines;
  expect(JSON.parse(line)).toMatchObject({
    ...{ "event-GUID": "g1", plugin: "lgtm", org: "acme", repo: "tool" },
    ...{ pr: 8, prowjob: "pj", job: "unit" },
  });
  expect(line.match(/"(pr|repo)":/g)).toHaveLength(2);
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
  expect(lines.map((line) => JSON.parse(line)["log.level"])).toEqual(expected);
});
