// A command that ends badly says so once: in a line of text, or in JSON to whoever collects a component's log.
import { describe, expect, test } from "vitest";
import { tellFailure } from "../../../src/cmd/process/failure.ts";
import { UsageError } from "../../../src/lib/flags.ts";

describe("a failure", () => {
  function told(error: unknown, { component = true, errIsTerminal = false, argv = [""] } = {}) {
    const lines: string[] = [];
    const clock = { now: () => new Date(0), sleep: async () => {} };
    const host = { err: (line: string) => void lines.push(line), errIsTerminal, clock };
    return { code: tellFailure(error, { name: "hook", component, argv }, host), lines };
  }

  test("of the operator's making is one line at a terminal", () => {
    const expected = { code: 2, lines: ["cutwater hook: no such flag"] };
    expect(told(new UsageError("no such flag"), { errIsTerminal: true })).toEqual(expected);
    expect(told(new UsageError("no such flag"), { component: false })).toEqual(expected);
  });

  test("of a component is JSON alone where nobody watches", () => {
    const { lines } = told(new UsageError("no such flag"));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      "@timestamp": "1970-01-01T00:00:00.000Z",
      "log.level": "fatal",
      severity: "fatal",
      message: "no such flag",
      "ecs.version": "8.17.0",
      "service.name": "hook",
      component: "hook",
    });
    const asProw = told(new UsageError("no such flag"), { argv: ["--port=1", "--log-format=prow"] });
    expect(JSON.parse(asProw.lines[0]!)).toEqual({
      level: "fatal",
      severity: "fatal",
      time: "1970-01-01T00:00:00.000Z",
      component: "hook",
      msg: "no such flag",
    });
  });

  test("of our own making tells where it happened", () => {
    const { code, lines } = told(new TypeError("x is not a function"));
    expect(code).toBe(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      message: "x is not a function",
      "error.stack_trace": expect.stringContaining("failure.test.ts"),
    });
    const atTerminal = told(new TypeError("x is not a function"), { errIsTerminal: true });
    expect(atTerminal.lines[0]).toBe("cutwater hook: x is not a function");
    expect(atTerminal.lines[1]).toContain("failure.test.ts");
  });
});
