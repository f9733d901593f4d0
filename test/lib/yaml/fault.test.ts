// What is wrong with a YAML text, as Go's loader has said it: recorded from go.yaml.in/yaml/v2 2.4.4.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withIndentedContinuations, yamlFault } from "../../../src/lib/yaml/fault.ts";

const recorded = readFileSync(join(import.meta.dirname, "../../fixtures/yaml-faults.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as [text: string, fault: string | null]);

describe("a fault is told in Go's words", () => {
  it.each(recorded)("%j: %s", (text, fault) => {
    expect(yamlFault(text) ?? null).toBe(fault);
  });
});

describe("as people make them", () => {
  it.each([
    ["approvers:\n- carol\nreviewers: nope: bad\n", "line 3: mapping values are not allowed in this context"],
    ["approvers:\n\t- carol\n", "line 2: found character that cannot start any token"],
    ["approvers:\n- @carol\n", "line 2: found character that cannot start any token"],
    ["approvers:\n  - carol\n - dave\n", "line 2: did not find expected key"],
    ["approvers:\n- carol\ndave\n", "line 4: could not find expected ':'"],
    ["approvers: [carol, dave\nreviewers: []\n", "line 1: did not find expected ',' or ']'"],
    ["approvers:\n- 'carol\n", "line 3: found unexpected end of stream"],
    ["<<<<<<< HEAD\napprovers:\n- carol\n", "line 2: mapping values are not allowed in this context"],
    ["approvers: *nobody\n", "unknown anchor 'nobody' referenced"],
  ])("%j: %s", (text, fault) => {
    expect(yamlFault(text)).toBe(fault);
  });
});

describe("hostile texts end", () => {
  it.each([
    ["[".repeat(200_000), undefined],
    ["- ".repeat(50_000), undefined],
    ["? ".repeat(50_000), undefined],
    ["{a: ".repeat(50_000), undefined],
    [`[${"&a,".repeat(100_000)}`, "line 1: did not find expected node content"],
    [`"${"\\x".repeat(100_000)}`, "did not find expected hexdecimal number"],
    [`a: |\n${"  x\n".repeat(100_000)}`, undefined],
    [`${" ".repeat(300_000)}a: b: c`, "mapping values are not allowed in this context"],
  ])("%#", (text, fault) => {
    expect(yamlFault(text)).toBe(fault);
  });

  it("and grow no more than they may", () => {
    const deep = `${" ".repeat(100_000)}a: [${"\n".repeat(1_000)}]`;
    expect(withIndentedContinuations(deep)).toBeUndefined();
  });
});
