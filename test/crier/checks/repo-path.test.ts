// Paths in logs and reports: which are the repository's.
import { expect, test } from "vitest";
import { placesIn, repoPath } from "../../../src/crier/checks/repo-path.ts";

const refs = { org: "acme", repo: "lib", base_ref: "main" };

test.each([
  ["src/a.ts", "src/a.ts"],
  ["./src/a.ts", "src/a.ts"],
  ["src\\win\\a.cs", "src/win/a.cs"],
  ["/home/prow/go/src/github.com/acme/lib/pkg/a.go", "pkg/a.go"],
  ["file:///home/prow/go/src/github.com/acme/lib/a.js", "a.js"],
  ["github.com/acme/lib/pkg/a.go", "pkg/a.go"],
  ["/usr/lib/go/src/testing.go", undefined],
  ["C:\\x\\a.cs", undefined],
  ["../outside.ts", undefined],
  ["a/../../b.ts", undefined],
  ["https://x/a.ts", undefined],
  ["node_modules/x/a.js", undefined],
  ["notgithub.com/acme/lib/a.go", "notgithub.com/acme/lib/a.go"],
  ["", undefined],
  ["a//b", undefined],
  ["a".repeat(501), undefined],
])("%s is %s", (printed, path) => {
  expect(repoPath(printed, refs)).toBe(path);
});

test("a path alias is where the code is cloned", () => {
  expect(repoPath("/home/prow/go/src/k8s.io/lib/a.go", { ...refs, path_alias: "k8s.io/lib" })).toBe("a.go");
});

test("places of a text, bare names in their package alone", () => {
  const text = "panic at /usr/x.go:1\n  a_test.go:7: no\nat (src/b.js:12:3) and src/c.js:0";
  expect(placesIn(text, refs, undefined)).toEqual([{ path: "src/b.js", line: 12 }]);
  expect(placesIn(text, refs, "github.com/acme/lib/pkg")).toEqual([
    { path: "pkg/a_test.go", line: 7 },
    { path: "src/b.js", line: 12 },
  ]);
});
