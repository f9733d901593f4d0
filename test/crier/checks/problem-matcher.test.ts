// Problem matchers of GitHub Actions: the ones that its tools ship find what they find there.
import { expect, test } from "vitest";
import { matcherFault, type ProblemMatcher } from "../../../src/config/github-reporter.ts";
import { problemMatcher } from "../../../src/crier/checks/problem-matcher.ts";

const find = (matcher: ProblemMatcher, log: string) => {
  expect(matcherFault(matcher)).toBeUndefined();
  const match = problemMatcher(matcher);
  return log.split("\n").flatMap((line) => match(line) ?? []);
};

/** From actions/setup-node. */
const tsc: ProblemMatcher = {
  owner: "tsc",
  pattern: [
    {
      regexp: String.raw`^(?:\s+\d+\>)?([^\s].*)[\(:](\d+)[,:](\d+)(?:\):\s+|\s+-\s+)(error|warning|info)\s+TS(\d+)\s*:\s*(.*)$`,
      ...{ file: 1, line: 2, column: 3, severity: 4, code: 5, message: 6 },
    },
  ],
};
const eslint: ProblemMatcher = {
  owner: "eslint-stylish",
  pattern: [
    { regexp: String.raw`^\s*([^\s].*)$`, file: 1 },
    {
      regexp: String.raw`^\s+(\d+):(\d+)\s+(error|warning|info)\s+(.*)\s\s+(.*)$`,
      ...{ line: 1, column: 2, severity: 3, message: 4, code: 5, loop: true },
    },
  ],
};
/** From actions/setup-go. */
const go: ProblemMatcher = {
  owner: "go",
  pattern: [
    { regexp: String.raw`^\s*(.+\.go):(?:(\d+):(\d+):)? (.*)`, file: 1, line: 2, column: 3, message: 4 },
  ],
};

test("one line a problem", () => {
  expect(
    find(tsc, "src/a.ts(3,7): error TS2304: Cannot find name 'x'.\nnothing\nb.ts:1:2 - warning TS1: y"),
  ).toEqual([
    {
      ...{ owner: "tsc", file: "src/a.ts", line: 3, column: 7, severity: "error" },
      code: "2304",
      message: "Cannot find name 'x'.",
    },
    { ...{ owner: "tsc", file: "b.ts", line: 1, column: 2, severity: "warning" }, code: "1", message: "y" },
  ]);
});

test("several problems of one file, and a line that ends them", () => {
  const log = `/src/a.js
  1:2  error    Missing semicolon  semi
  3:4  warning  Unused             no-unused

/src/b.js
  5:6  error    Bad  bad
not one
  7:8  error    Of nothing  none`;
  expect(
    find(eslint, log).map(({ file, line, severity, code }) => `${file}:${line} ${severity} ${code}`),
  ).toEqual([
    "/src/a.js:1 error semi",
    "/src/a.js:3 warning no-unused",
    "/src/b.js:5 error bad",
    "not one:7 error none",
  ]);
});

test("the default severity, a directory, and what is in no line", () => {
  expect(find({ ...go, severity: "notice" }, "a.go:7:1: odd\nb.go: no line")).toMatchObject([
    { file: "a.go", line: 7, severity: "notice", message: "odd" },
  ]);
  const from = {
    owner: "x",
    pattern: [{ regexp: String.raw`(\S+) in (\S+):(\d+) (.*)`, file: 1, fromPath: 2, line: 3, message: 4 }],
  };
  expect(find(from, "a.cs in src/p.csproj:4 m")).toMatchObject([{ file: "a.cs", fromPath: "src/p.csproj" }]);
});

test.each([
  [{ owner: "x" }, "has no pattern"],
  [
    { owner: "x", pattern: [{ regexp: "(a", message: 1 }] },
    "has a regexp that RE2 refuses: error parsing regexp: missing closing ): `(a`",
  ],
  [{ owner: "x", pattern: [{ regexp: "(?=a)", message: 1 }] }, "has a regexp that RE2 refuses"],
  [{ owner: "x", pattern: [{ message: 1 }] }, "has a pattern without regexp"],
  [{ owner: "x", pattern: [{ regexp: "a", file: 1 }] }, "takes no message"],
  [{ owner: "x", pattern: [{ regexp: "a", loop: true, message: 1 }] }, "may loop only over the last"],
  [
    { owner: "x", pattern: Array.from({ length: 11 }, () => ({ regexp: "a", message: 1 })) },
    "has more than 10 patterns",
  ],
])("%j cannot be used", (matcher, words) => {
  expect(matcherFault(matcher)?.what).toContain(words);
});
