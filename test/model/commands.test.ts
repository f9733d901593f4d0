// Commands and code blocks in comments, with Go's idea of lines.
import { expect, test } from "vitest";
import { command, dropCodeBlocks } from "../../src/model/commands.ts";

test("lines end at \\n only, and each occurrence is found", () => {
  const say = command("(?mi)^/say (.*?)\\s*$");
  expect(say.all("/say a\r\n/SAY b\nx /say c").map(([, word]) => word)).toEqual(["a", "b"]);
  expect(say.test("a\r/say b")).toBe(false);
});

test("the first hundred count: each may cost a request to GitHub, and a comment has room for thousands", () => {
  const say = command("(?mi)^/say (.*?)\\s*$");
  const many = Array.from({ length: 5_000 }, (_, n) => `/say ${n}`).join("\n");
  expect(say.all(many).map(([, word]) => Number(word))).toEqual([...Array(100).keys()]);
});

test.each([
  ["plain", "a\nb", "a\nb"],
  ["whole", "```\nx\n```", ""],
  ["in between", "a\n```go\nx\n```\nb", "a\nb"],
  ["tildes", "~~~\nx\n~~~\nb", "b"],
  ["two", "```\nx\n```\n```\ny\n```\n", ""],
  ["never closed", "```\n/test", "```\n/test"],
  ["closed by another fence", "```\nx\n~~~\n", "```\nx\n~~~\n"],
  ["indented fence", " ```\nx\n```\n", " ```\nx\n```\n"],
  ["a language on the closing line", "```\nx\n```go\n", "```\nx\n```go\n"],
])("code blocks: %s", (_name, text, kept) => {
  expect(dropCodeBlocks(text)).toBe(kept);
});
