// The text of the one comment: what is written is read back, whatever the parts hold, within GitHub's limit.
import { describe, expect, test } from "vitest";
import {
  EMPTY,
  type Part,
  parseOneComment,
  renderOneComment,
  sealable,
} from "../../../src/github/one-comment/document.ts";
import { formatReply } from "../../../src/model/reply.ts";

const at = (minute: number) => `2026-01-02T03:${String(minute).padStart(2, "0")}:00Z`;
const part = (id: number, body: string, created = at(id)): Part => ({
  id,
  edits: 0,
  created,
  updated: created,
  body,
});
const reply = (id: number, message: string, said = "/lgtm", created = at(id)) =>
  part(
    id,
    formatReply({ login: "ann", body: said, url: `https://g/p#issuecomment-${id}` }, message),
    created,
  );

const written = (parts: Part[]) => renderOneComment({ ...EMPTY, parts }, () => "");
const through = (parts: Part[]) => parseOneComment(written(parts))!.parts;

describe("one comment", () => {
  test.each([
    ["a notice", '[APPROVALNOTIFIER] This PR is **NOT APPROVED**\n\n<!-- META={"approvers":[]} -->'],
    ["nothing", ""],
    ["lines at the ends", "\n\na\n\n"],
    ["its own markers", "<!-- part 1 0 x y -->\n<!-- /part -->\n<!-- \\/part -->\n<!-- \\\\part 7 1 a b -->"],
    ["a header of its own", '<!-- cutwater: all that the bot has to say {"writes":[],"gone":[]} -->'],
    ["CRLF of a quote", ">a\r\n>b\r\n"],
    ["an open fence", "```\ncode"],
  ])("keeps a part that has %s", (_, body) => {
    expect(through([part(1, body), part(2, "other")])).toEqual([part(1, body), part(2, "other")]);
  });

  test("is read though GitHub gives line ends back as CRLF", () => {
    const text = written([part(1, "one"), part(2, "two")]);
    const changed = text.replaceAll("\n", "\r\n");
    expect(parseOneComment(changed)!.parts.map(({ body }) => body.trimEnd())).toEqual(["one", "two"]);
    expect(sealable(changed)).toBe(sealable(text));
  });

  test("shows notices in order, the latest reply, and earlier ones folded away", () => {
    const text = written([
      reply(1, "first"),
      part(2, "notice A"),
      reply(3, "second"),
      part(4, "notice B"),
      reply(5, "third"),
    ]);
    const order = ["notice A", "notice B", "third", "2 earlier replies", "second", "first"];
    const places = order.map((words) => text.indexOf(words));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text.indexOf("<summary>2")).toBeLessThan(text.indexOf("second"));
  });

  test("says so when there is nothing to say", () => {
    expect(written([])).toContain("_Nothing to say at present._");
    expect(through([])).toEqual([]);
  });

  test.each([
    "just text",
    "",
    "> <!-- cutwater: all that the bot has to say {} -->",
    "<!-- cutwater: all that the bot has to say {} -->",
    "<!-- cutwater: all that the bot has to say [1 -->\n",
  ])("is not seen in %j", (body) => {
    expect(parseOneComment(body)).toBeUndefined();
  });

  test("drops old replies first, and keeps no more than 30", () => {
    const replies = Array.from({ length: 50 }, (_, i) => reply(i + 1, `answer ${i + 1}.`, "/x", at(i)));
    const kept = through([part(99, "notice", at(0)), ...replies]);
    expect(kept).toHaveLength(31);
    expect(kept.some(({ body }) => body.startsWith("@ann: answer 50."))).toBe(true);
    const long = Array.from({ length: 20 }, (_, i) =>
      reply(i + 1, `answer ${i + 1}.`, "y".repeat(9_000), at(i)),
    );
    const fewer = through([part(99, "notice", at(0)), ...long]);
    expect(fewer.map(({ id }) => id)).toContain(99);
    expect(fewer.map(({ id }) => id).slice(-6)).toEqual([15, 16, 17, 18, 19, 20]);
    expect(written([part(99, "notice", at(0)), ...long]).length).toBeLessThan(65_536);
  });

  test("drops the oldest of very many short notices", () => {
    const notices = Array.from({ length: 700 }, (_, i) => part(i + 1, `notice ${i + 1}`, at(0)));
    const kept = through(notices);
    expect(written(notices).length).toBeLessThan(65_536);
    expect(kept.at(-1)!.body).toBe("notice 700");
    expect(kept.length).toBeGreaterThan(300);
  });

  test("shortens the longest notice in its middle when notices alone are too long", () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => `row ${i} | ${"x".repeat(30)}`).join("\n");
    const notices = [
      part(1, "short"),
      part(2, `head\n${rows}\n<!-- test report -->`),
      part(3, "y".repeat(40_000)),
    ];
    const text = written(notices);
    expect(text.length).toBeLessThan(65_536);
    const [short, report] = parseOneComment(text)!.parts;
    expect(short!.body).toBe("short");
    expect(report!.body).toMatch(/^head\nrow 0 /);
    expect(report!.body).toMatch(/\(shortened: GitHub takes no longer comment\)[\s\S]*<!-- test report -->$/);
  });
});
