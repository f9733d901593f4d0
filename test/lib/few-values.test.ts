// A label of a metric does not grow with what strangers send.
import { expect, test } from "vitest";
import { fewValues } from "../../src/lib/few-values.ts";

test("a label has so many values and no more, none of them long", () => {
  const event = fewValues(2);
  expect(["push", "issue_comment", "push", "status", "push"].map(event)).toEqual([
    ...["push", "issue_comment", "push", "other", "push"],
  ]);
  expect(fewValues(2)("a".repeat(5_000_000))).toBe("other");
  expect(fewValues(2)("drop{table}")).toBe("other");
});
