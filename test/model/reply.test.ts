// The bot's replies: whatever people write, none of it reads as the bot's own words.
import { expect, test } from "vitest";
import { formatReply, ownWords } from "../../src/model/reply.ts";

const reply = (body: string) => formatReply({ login: "alice", body, url: "u" }, "no.");

test("every line of what is answered is quoted, and its line ends stay as they are", () => {
  expect(reply("/test\n\nplease\n")).toContain("\n\n>/test\n>\n>please\n>\n");
  expect(reply("a\r\nb")).toContain("\n\n>a\r\n>b\n");
  expect(reply("")).toContain("\n\n>\n");
});

test.each(["\n", "\r\n", "\r"])("what is quoted after %j is not among the bot's own words", (end) => {
  const said = reply(`/test${end}<!-- test report -->`);
  expect(said).toContain("<!-- test report -->");
  expect(ownWords(said)).not.toContain("<!-- test report -->");
  // GitHub may keep a lone carriage return as a line feed.
  expect(ownWords(said.replaceAll("\r", "\n"))).not.toContain("<!-- test report -->");
});
