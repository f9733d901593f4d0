// One line of a log as a terminal would show it, however it was made.
import { expect, test } from "vitest";
import { plainLine } from "../../src/lib/plain-line.ts";

test.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["10%\r20%\r\r", "20%"],
  ["\r\r", ""],
  ["a\u0007b", "ab"],
])("%j shows %j", (line, shown) => {
  expect(plainLine(line)).toBe(shown);
});

test("carriage returns without end are read once each, not once for each other", () => {
  for (let i = 0; i < 100; i++) expect(plainLine(`${"\r".repeat(9_998)}x`)).toBe("x");
});
