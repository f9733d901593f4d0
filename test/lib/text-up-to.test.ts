// An answer is read as far as it may be, and no further.
import { expect, test } from "vitest";
import { textUpTo } from "../../src/lib/text-up-to.ts";

test.each([
  ["", { text: "", whole: true }],
  ["1234567", { text: "1234567", whole: true }],
  ["12345678", { text: "12345678", whole: true }],
  ["123456789", { text: "12345678", whole: false }],
  ["1234567é", { text: "1234567\ufffd", whole: false }],
])("of %j eight bytes", async (answer, expected) => {
  expect(await textUpTo(new Response(answer), 8)).toEqual(expected);
});

test("an answer without a body is empty", async () => {
  expect(await textUpTo(new Response(null), 8)).toEqual({ text: "", whole: true });
});

test("the rest of one without end is not asked for", async () => {
  let sent = 0;
  let cancelled = false;
  const body = new ReadableStream({
    pull: (stream) => {
      sent++;
      stream.enqueue(new Uint8Array(100).fill(97));
    },
    cancel: () => {
      cancelled = true;
    },
  });
  expect(await textUpTo({ body }, 1000)).toEqual({ text: "a".repeat(1000), whole: false });
  expect(cancelled).toBe(true);
  expect(sent).toBeLessThan(15);
});
