// What is asked of others is bounded, and their addresses cannot end a link.
import { expect, test } from "vitest";
import { boundedWeb, firstOf } from "../../src/plugins/bounded-web.ts";
import { BIG, endless, fakeWeb, SMALL } from "./web.ts";

const URL = "https://service/x?key=secret";

test.each([
  [{ a: 1 }, { a: 1 }],
  [[{ a: 1 }, { a: 2 }], { a: 1 }],
])("JSON %j", async (answer, expected) => {
  expect(await boundedWeb(fakeWeb({ [URL]: answer })).json(URL)).toEqual(expected);
});

test.each([
  ["a status", 503, "failing 503 response from https://service/x"],
  ["no JSON", "<html>", "the response from https://service/x is not JSON"],
  ["half of it", '{"a": "b"', "the response from https://service/x is not JSON"],
  ["an empty list", [], "nothing in the response from https://service/x"],
  ["a list of nothing", [null], "nothing in the response from https://service/x"],
  ["a text", '"x"', "nothing in the response from https://service/x"],
  ["too much", endless(), "the response from https://service/x is longer than 1048576 bytes"],
])("%s is a failure, told without the key", async (_what, answer, message) => {
  await expect(boundedWeb(fakeWeb({ [URL]: answer })).json(URL)).rejects.toThrow(
    expect.objectContaining({ message }),
  );
});

test.each([
  ["http://example.com", "http://example.com"],
  ["https://h/a%20b.jpg?x=1&y=2#z", "https://h/a%20b.jpg?x=1&y=2#z"],
  ["https://h/a b.jpg", "https://h/a%20b.jpg"],
  ["https://h/é🐱.jpg", "https://h/%C3%A9%F0%9F%90%B1.jpg"],
  ["https://h/a_(1).jpg", "https://h/a_%281%29.jpg"],
  ["https://h/a)\n/lgtm\n", "https://h/a%29%0A/lgtm%0A"],
  ['https://h/\ud800[x]<b>`"', "https://h/%EF%BF%BD%5Bx%5D%3Cb%3E%60%22"],
])("picture %j is written %j", async (url, written) => {
  const { web, asked } = fakeWeb({ [`HEAD ${written}`]: SMALL });
  expect(await boundedWeb({ web }).picture(url)).toBe(written);
  expect(asked).toEqual([`HEAD ${written}`]);
});

test.each([
  undefined,
  null,
  7,
  "",
  "x.jpg",
  "http://still a bad url",
  "javascript:alert(1)",
  "file:///etc/passwd",
])("%j is no picture", async (url) => {
  await expect(boundedWeb(fakeWeb({})).picture(url)).rejects.toThrow("invalid image url");
});

test.each([
  ["too big", BIG, "too big"],
  ["missing", 404, "failing 404 response"],
  ["only told of", 204, "failing 204 response"],
  ["nowhere", new Error("no route"), "no route"],
])("a picture that is %s", async (_how, answer, message) => {
  const { web } = fakeWeb({ "HEAD https://h/x.jpg": answer });
  await expect(boundedWeb({ web }).picture("https://h/x.jpg")).rejects.toThrow(message);
});

test("attempts end with the first that works out", async () => {
  const failures: unknown[] = [];
  let n = 0;
  const attempt = async () => {
    if (++n < 3) throw new Error(`${n}`);
    return n;
  };
  expect(await firstOf(5, attempt, (error) => failures.push((error as Error).message))).toBe(3);
  expect(failures).toEqual(["1", "2"]);
  n = 0;
  expect(await firstOf(2, attempt, () => {})).toBeUndefined();
});
