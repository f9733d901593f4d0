import { describe, expect, test } from "vitest";
import { bool, describeFlags, duration, int, parseFlags, string, strings } from "../../src/lib/flags.ts";

const table = {
  "config-path": string("", "Path to config.yaml."),
  "dry-run": bool(true, "Whether to leave GitHub alone."),
  port: int(8888, "Port to listen on."),
  "grace-period": duration("180s", "Time to finish."),
  "github-endpoint": strings(["https://api.github.com"], "API endpoint."),
};

describe("flags are read as Go reads them", () => {
  test.each([
    [["--config-path=a"], { "config-path": "a" }],
    [["-config-path", "a"], { "config-path": "a" }],
    [["--dry-run=false"], { "dry-run": false }],
    [["--dry-run"], { "dry-run": true }],
    [["--port", "1"], { port: 1 }],
    [["--grace-period=90s"], { "grace-period": "1m30s" }],
    [["--github-endpoint=x", "--github-endpoint=y"], { "github-endpoint": ["x", "y"] }],
  ])("%j", (argv, expected) => {
    expect(parseFlags(table, argv).values).toMatchObject(expected);
  });

  test("what is not given keeps its default", () => {
    expect(parseFlags(table, []).values).toEqual({
      "config-path": "",
      "dry-run": true,
      port: 8888,
      "grace-period": "180s",
      "github-endpoint": ["https://api.github.com"],
    });
  });

  test("words and what follows -- are arguments", () => {
    expect(parseFlags(table, ["a", "--port=1", "--", "--port=2"]).args).toEqual(["a", "--port=2"]);
  });

  test.each([
    [["--cofig-path=a"], "unknown flag --cofig-path; did you mean --config-path?"],
    [["--port=many"], 'flag --port wants a whole number, not "many"'],
    [["--dry-run=perhaps"], 'flag --dry-run wants a bool, not "perhaps"'],
    [["--config-path"], "flag --config-path needs a value: Path to config.yaml."],
  ])("%j is refused in plain words", (argv, message) => {
    expect(() => parseFlags(table, argv)).toThrow(message);
  });

  test("everything that is wrong is told at once", () => {
    const argv = ["--port=many", "--cofig-path=a", "--nobody-knows-it", "--dry-run=false"];
    expect(() => parseFlags(table, argv)).toThrow(
      'flag --port wants a whole number, not "many"\nunknown flag --cofig-path; did you mean --config-path?\n' +
        "unknown flag --nobody-knows-it",
    );
  });

  test("help names each flag, what it does and its default", () => {
    expect(describeFlags(table)).toContain("--port             Port to listen on. (8888)");
  });
});
