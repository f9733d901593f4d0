// The one comment that is kept up to date: found by its beginning, whoever else quotes it.
import { expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import type { GitHub } from "../../src/github/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";

const issue = { org: "acme", repo: "tool", number: 7 };

function github(...comments: { id: number; body: string; user: { login: string } }[]) {
  const port = {
    read: { botLogin: async () => "robot", comments: async () => comments },
    write: {
      createComment: async (_: unknown, body: string) => {
        comments.push({ id: comments.length + 1, body, user: { login: "robot" } });
      },
      editComment: async (_: unknown, id: number, body: string) => {
        comments.find((comment) => comment.id === id)!.body = body.replaceAll("\n", "\r\n");
      },
    },
  } as unknown as GitHub;
  const apply = applier({ clock: systemClock, log: silent, github: port });
  const keep = (body: string) => apply([{ do: "keepComment", issue, tag: "<!-- t -->", body }]);
  return { keep, bodies: () => comments.map(({ body }) => body) };
}

it("is written once and then edited", async () => {
  const { keep, bodies } = github();
  await keep("<!-- t -->\nfirst\ntext");
  await keep("<!-- t -->\nfirst\ntext");
  await keep("<!-- t -->\nsecond\ntext");
  await keep("<!-- t -->\nsecond\ntext");
  expect(bodies()).toEqual(["<!-- t -->\r\nsecond\r\ntext"]);
});

it("is neither somebody else's nor one of the bot's that quotes it", async () => {
  const theirs = { id: 1, body: "<!-- t -->\nplanted", user: { login: "mallory" } };
  const quoting = { id: 2, body: "@mallory: no\n\n<!-- t -->\nplanted", user: { login: "robot" } };
  const { keep, bodies } = github(theirs, quoting);
  await keep("<!-- t -->\nmine");
  expect(bodies()).toEqual([theirs.body, quoting.body, "<!-- t -->\nmine"]);
});
