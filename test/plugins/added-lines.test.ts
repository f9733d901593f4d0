// Positions of added lines in a patch, as reviews count them.
import { expect, test } from "vitest";
import { addedLines } from "../../src/plugins/added-lines.ts";

test.each([
  ["", []],
  [
    "@@ -0,0 +1,2 @@\n+a\n+b",
    [
      [1, 1],
      [2, 2],
    ],
  ],
  ["@@ -0,0 +1 @@\n+a\n\\ No newline at end of file", [[1, 1]]],
  [
    "@@ -1,2 +1,4 @@\n approvers:\n - carol\n+- mallory\n+x: y: z",
    [
      [3, 3],
      [4, 4],
    ],
  ],
  ["@@ -1,3 +1,2 @@ func\n a\n-b\n-c\n+d", [[2, 4]]],
  ["@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b", []],
  [
    "@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -10,2 +11,3 @@\n x\n y\n+z",
    [
      [2, 2],
      [13, 7],
    ],
  ],
  ["@@ -3 +2,0 @@\n-a", []],
])("%j", (patch, positions) => {
  expect([...addedLines(patch)]).toEqual(positions);
});

test.each([
  "not a patch",
  "@@ -1,2 +1,2 @@\n a",
  "@@ -1,2 +1,2 @@\n a\n\n b",
  "@@ -1,1 +1,1 @@\n*a",
  "@@ -0,0 +1 @@\n+a\nmore",
  "@@ -0,0 +1,99999999999 @@\n+a",
])("%j is no patch of one file", (patch) => {
  expect(addedLines(patch).size).toBe(0);
});
