// A merge of entries by their SHAs.
import { expect, test } from "vitest";
import { threeWay } from "../../src/in-repo/three-way.ts";

test.each([
  ["nobody has changed it", "1", "1", "1", { e: "1" }],
  ["the base has", "1", "2", "1", { e: "2" }],
  ["the head has", "1", "1", "2", { e: "2" }],
  ["both have, alike", "1", "2", "2", { e: "2" }],
  ["both have, each in its own way", "1", "2", "3", undefined],
  ["the head adds it", undefined, undefined, "1", { e: "1" }],
  ["the head removes it", "1", "1", undefined, {}],
  ["both remove it", "1", undefined, undefined, {}],
  ["one removes what the other changes", "1", undefined, "2", undefined],
])("%s", (_, common, ours, theirs, merged) => {
  const entries = (e: string | undefined): Record<string, string> => (e === undefined ? {} : { e });
  const sides = { common: entries(common), ours: entries(ours), theirs: entries(theirs) };
  expect(threeWay(sides, ["e"])).toEqual(merged);
});
