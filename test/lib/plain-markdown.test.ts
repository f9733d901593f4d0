// Markdown of comments in one line, as it stands in a story.
import { expect, test } from "vitest";
import { plainMarkdown } from "../../src/lib/plain-markdown.ts";

test.each([
  [
    "[APPROVALNOTIFIER] This PR is **NOT APPROVED** This…",
    "[APPROVALNOTIFIER] This PR is NOT APPROVED This…",
  ],
  ["see [the docs](https://example.com/a) and `make`", "see the docs and make"],
  ["cut off in [a link](https://exam…", "cut off in a link"],
  ["![logo](https://example.com/x.png) <details ><summary>more</summary> <!-- META={} -->", "logo more "],
  ["## Title > quoted - item", "Title quoted - item"],
  [
    "add labels do-not-merge/hold to acme/tool#7, a < b, x_y_z",
    "add labels do-not-merge/hold to acme/tool#7, a < b, x_y_z",
  ],
])("%s", (text, plain) => {
  expect(plainMarkdown(text).replace(/\s+/g, " ").trim()).toBe(plain.trim());
});
