// The last status that GitHub takes of a commit and context is not the end of what is told.
import { afterEach, beforeEach, expect, test } from "vitest";
import { lib, type StatusWorld, statusWorld, until } from "./status-world.ts";

const TRANSITIONS = 1_200;

let world: StatusWorld;
beforeEach(async () => {
  world = await statusWorld();
});
afterEach(() => world.close());

test("after 1,000 statuses of a context the pull request is told once, and nothing is stuck", async () => {
  world.crier();
  for (let nth = 1; nth <= TRANSITIONS / 2; nth++) {
    for (const state of ["pending", "success"] as const) {
      world.run(nth, state, world.reported(nth));
      await until(() => world.told(nth) === state);
    }
  }
  expect(await world.statuses(10)).toHaveLength(100);
  expect(await world.statuses(11)).toEqual([]);
  const comments = (await world.github.read.comments({ ...lib, number: 1 })).map(({ body }) => body);
  expect(comments).toEqual([expect.stringContaining(`has so many of \`unit\` on ${world.sha}`)]);
}, 300_000);
