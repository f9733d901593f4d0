import { describe, expect, it } from "vitest";
import { quoteMeta, RegexError, regex } from "../../src/lib/re2.ts";

describe("regexes from configuration", () => {
  it("take Go's inline flags", () => {
    const wip = regex(String.raw`(?mi)^/hold\s*$`);
    expect(wip.test("please\n/HOLD\nthanks")).toBe(true);
    expect(wip.test("do /hold")).toBe(false);
  });

  it("give the groups of the first match, undefined where a group took no part", () => {
    expect(regex("a(b)?(c)").exec("xxac")).toEqual(["ac", undefined, "c"]);
    expect(regex("z").exec("xxac")).toBeNull();
  });

  it("are compiled once", () => {
    expect(regex("^once$")).toBe(regex("^once$"));
  });

  it.each([
    ["(", "missing closing )"],
    ["(?!a)", "invalid or unsupported Perl syntax"],
    [String.raw`(a)\1`, "invalid escape sequence"],
  ])("refuse %s with Go's words, each time", (pattern, words) => {
    for (let i = 0; i < 2; i++) expect(() => regex(pattern)).toThrow(words);
    expect(() => regex(pattern)).toThrow(RegexError);
  });

  it("stay linear on input that makes a backtracking engine hang", () => {
    expect(regex("^(a+)+$").test(`${"a".repeat(40)}!`)).toBe(false);
  });

  it("match a quoted text as it is", () => {
    expect(regex(`^${quoteMeta("a.b[c]$")}$`).test("a.b[c]$")).toBe(true);
  });
});
