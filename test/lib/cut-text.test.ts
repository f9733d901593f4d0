// What is cut says so, and is text yet.
import { expect, test } from "vitest";
import { cutText } from "../../src/lib/cut-text.ts";

test.each([
  ["short", 5, "short"],
  ["longer", 5, "long…"],
  ["abc🚢d", 5, "abc…"],
  ["abc🚢de", 6, "abc🚢…"],
])("%j in %i characters is %j", (text, most, cut) => {
  expect(cutText(text, most)).toBe(cut);
});
