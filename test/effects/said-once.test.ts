// What is said without telling what it answers: once for each event, however often the effect is applied.
import { expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import type { GitHub } from "../../src/github/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { DraftReview } from "../../src/model/github.ts";

const pr = { org: "acme", repo: "tool", number: 7 };
const BOT = "robot";
const at = (second: number) => `2026-11-23T09:00:${String(second).padStart(2, "0")}Z`;

/** A GitHub that writes at second `now`. */
function github(login = BOT) {
  const world = { now: 0, comments: [] as object[], reviews: [] as object[] };
  const port = {
    read: {
      botLogin: async () => BOT,
      comments: async () => world.comments,
      reviews: async () => world.reviews,
    },
    write: {
      createComment: async (_: unknown, body: string) => {
        const crlf = body.replaceAll("\n", "\r\n");
        world.comments.push({ body: crlf, user: { login }, created_at: at(world.now) });
      },
      createReview: async (_: unknown, { body, commit_id }: DraftReview) => {
        world.reviews.push({ body, commit_id, user: { login }, submitted_at: at(world.now) });
      },
    },
  } as unknown as GitHub;
  const apply = applier({ clock: systemClock, log: silent, github: port });
  return {
    world,
    async twice(now: number, effect: Effect) {
      world.now = now;
      await apply([effect]);
      await apply([effect]);
    },
  };
}

it("a comment is posted again for a later event, not for the same one", async () => {
  const { twice, world } = github();
  const body = "Not so.\nPlease mend it.";
  const say = (since: string): Effect => ({ do: "createComment", issue: pr, body, marker: body, since });
  await twice(11, say(at(10)));
  expect(world.comments).toHaveLength(1);
  await twice(21, say(at(20)));
  expect(world.comments).toHaveLength(2);
  await twice(22, say(""));
  expect(world.comments).toHaveLength(2);
});

it("times are compared by the second, as GitHub gives them", async () => {
  const { twice, world } = github();
  await twice(10, {
    ...{ do: "createComment", issue: pr, body: "no", marker: "no" },
    since: at(10).replace("Z", ".700Z"),
  });
  expect(world.comments).toHaveLength(1);
});

const review = (since: string, commit_id?: string): Effect => ({
  do: "createReview",
  pr,
  review: { event: "COMMENT", body: "1 invalid file\n", comments: [], ...(commit_id && { commit_id }) },
  since,
});

it("a review is written again for a later event and for another commit", async () => {
  const { twice, world } = github();
  await twice(11, review(at(10), "aaa"));
  expect(world.reviews).toHaveLength(1);
  await twice(12, review(at(10), "bbb"));
  expect(world.reviews).toHaveLength(2);
  await twice(21, review(at(20), "bbb"));
  expect(world.reviews).toHaveLength(3);
  await twice(22, review(at(20)));
  expect(world.reviews).toHaveLength(3);
});

it("what others write in the bot's words does not silence it", async () => {
  const { twice, world } = github("robot[bot]");
  await twice(11, review(at(10), "aaa"));
  expect(world.reviews).toHaveLength(2);
  await twice(11, { do: "createComment", issue: pr, body: "no", marker: "no", since: at(10) });
  expect(world.comments).toHaveLength(2);
});
