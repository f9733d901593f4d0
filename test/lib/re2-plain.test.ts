import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { regex } from "../../src/lib/re2.ts";
import { isPlainPattern, nativePattern } from "../../src/lib/re2-plain.ts";

describe("a plain pattern", () => {
  test.each([
    "",
    "^release-1.27$",
    "master|^release-.*$",
    String.raw`\.go$|hack/check-lint\.sh`,
    String.raw`^(pkg\/|cmd\/|test\/|Makefile)`,
    "^test/images/[^/]+$",
    "^v(?:0|[1-9][0-9]*)",
    "a+?b*?|",
  ])("%j is one", (pattern) => expect(isPlainPattern(pattern)).toBe(true));

  test.each([
    "*a",
    "a**",
    "a|*",
    "(a",
    "a)",
    "[z-a]",
    "a{2}",
    "(?i)a",
    "(?=a)",
    "\\1",
    "\\z",
    "^*",
    "[",
    "é",
    "(".repeat(60) + ")".repeat(60),
  ])("%j is left to RE2", (pattern) => expect(isPlainPattern(pattern)).toBe(false));

  test("is one that RE2 takes, whatever the pattern", () => {
    const parts = [
      "a",
      "-",
      "z",
      ".",
      "*",
      "+",
      "?",
      "(",
      ")",
      "(?:",
      "|",
      "^",
      "$",
      "[",
      "]",
      "[^",
      "0-9",
      "\\d",
      "\\",
      "\\.",
      "/",
    ];
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    let plain = 0;
    for (let i = 0; i < 30_000; i++) {
      const pattern = Array.from({ length: 1 + next(8) }, () => parts[next(parts.length)]).join("");
      if (!isPlainPattern(pattern)) continue;
      plain++;
      expect(() => RE2JS.compile(pattern), pattern).not.toThrow();
    }
    expect(plain).toBeGreaterThan(1_000);
  });

  test("matches as any other, once it is asked to", () => {
    const branches = regex("^release-(.*)$|^main$");
    expect(branches.test("main")).toBe(true);
    expect(branches.exec("release-1.2")).toEqual(["release-1.2", "1.2"]);
    expect(regex("o.").matchAll("fool book")).toEqual([["oo"], ["oo"]]);
  });
});

describe("a pattern for JavaScript's own engine", () => {
  test.each(["(a|b)", "a*", "a+", "a?", "[ab]", "\\d", "a{2}", "é", "\\"])("%j is none", (pattern) =>
    expect(nativePattern(pattern)).toBeUndefined(),
  );

  test("is not too long for that engine", () => {
    for (const part of ["a", ".", "w1|", "^"]) {
      expect(nativePattern(part.repeat(Math.floor(2_000 / part.length)))!.test("é")).toBeDefined();
      expect(nativePattern(part.repeat(2_001))).toBeUndefined();
    }
  });

  test("matches what RE2 matches", () => {
    const texts = [
      "",
      "main",
      "foo-main",
      "release-1.30",
      "release-1x30",
      "release-1\n30",
      "a/b",
      "é",
      "😀",
      "\u2028",
    ];
    const patterns = [
      "",
      "main",
      "^main$",
      "main|^release-1.30$",
      "release-1\\.30",
      "^.$",
      "^|b",
      "a\\/b|",
      "$^",
      "main$|^foo",
    ];
    for (const pattern of patterns) {
      const native = nativePattern(pattern)!;
      const re2 = RE2JS.compile(pattern);
      expect(
        texts.filter((text) => native.test(text)),
        pattern,
      ).toEqual(texts.filter((text) => re2.test(text)));
    }
  });
});
