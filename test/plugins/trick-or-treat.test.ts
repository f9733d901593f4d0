// /trick-or-treat: which sweet, and what when none can be had.
import { expect, test } from "vitest";
import { CANDIES } from "../../src/plugins/trick-or-treat/candies.ts";
import { trickOrTreat } from "../../src/plugins/trick-or-treat.ts";
import { BIG, fakeWeb, SMALL } from "./web.ts";
import { type Options, world } from "./world.ts";

async function said(body: string, options: Options) {
  const issue = world(options).issue();
  const [effect] = await issue.world.play(trickOrTreat, issue.comment("bob", body));
  const text = (effect as { body?: string } | undefined)?.body;
  return text && /^@bob: (.*?)\n\n<details>/s.exec(text)?.[1];
}

const all = (answer: number) => fakeWeb(Object.fromEntries(CANDIES.map((url) => [`HEAD ${url}`, answer])));

test.each([
  "/trick-or-treat",
  "/trickortreat",
  "/trick-ortreat \r",
  "/Trick-Or-Treat clothes",
  "boo\n/trickor-treat",
])("%j", async (body) => {
  for (const [chance, index] of [
    [0, 0],
    [0.5, Math.floor(CANDIES.length / 2)],
    [0.999, CANDIES.length - 1],
  ] as const)
    expect(await said(body, { ...all(SMALL), random: () => chance })).toBe(
      `![candy image](${CANDIES[index]})`,
    );
});

test("another one is chosen while one cannot be shown", async () => {
  const [first, second, third] = CANDIES;
  const chances = [0, 1 / CANDIES.length + 1e-9, 2 / CANDIES.length + 1e-9];
  const { web } = fakeWeb({ [`HEAD ${first}`]: BIG, [`HEAD ${second}`]: 404, [`HEAD ${third}`]: SMALL });
  expect(await said("/trick-or-treat", { web, random: () => chances.shift()! })).toBe(
    `![candy image](${third})`,
  );
});

test.each([500, BIG])("nothing is said when none can (%d), after nine attempts", async (answer) => {
  const { asked, web } = all(answer);
  expect(await said("/trick-or-treat", { web })).toBeUndefined();
  expect(asked).toHaveLength(9);
});

test.each(["/trick", "/treat", "/trick or treat", "trick-or-treat"])("%j is no command", async (body) => {
  expect(await said(body, all(SMALL))).toBeUndefined();
});

test.each(["edited", "deleted"] as const)("nothing when %s", async (action) => {
  const pr = world(all(SMALL)).pr();
  expect(await pr.world.play(trickOrTreat, pr.comment("bob", "/trick-or-treat", { action }))).toEqual([]);
});
