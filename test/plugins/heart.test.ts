// heart: what is reacted to, and with what.
import { expect, test } from "vitest";
import { heart } from "../../src/plugins/heart.ts";
import { type Options, world } from "./world.ts";

const here = (options: Options = {}) =>
  world({ plugins: { heart: { adorees: ["alice", "bob"], commentregexp: "(?i)well done" } }, ...options });

test.each([
  [0, "+1"],
  [0.34, "heart"],
  [0.99, "hooray"],
])("chance %d gives %s to a comment of somebody adored", async (chance, reaction) => {
  const pr = here({ random: () => chance }).pr();
  const event = pr.comment("bob", "That was Well Done, carol!");
  expect(await pr.world.play(heart, event)).toEqual([
    { do: "react", issue: pr.ref, commentId: event.commentId, reaction },
  ]);
});

test.each([
  ["other words", "bob", {}],
  ["well done", "mallory", {}],
  ["well done", "Bob", {}],
  ["well done", "bob[bot]", {}],
  ["well done", "bob", { action: "edited" }],
  ["well done", "bob", { action: "deleted" }],
  ["well done", "bob", { source: "pull_request" }],
  ["well done", "bob", { source: "pull_request_review" }],
] as const)("not to %j by %s with %j", async (body, by, more) => {
  const pr = here().pr();
  expect(await pr.world.play(heart, pr.comment(by, body, more))).toEqual([]);
});

test.each([{}, { adorees: ["bob"] }, { commentregexp: ".*" }])(
  "not when configured so: %j",
  async (section) => {
    const pr = here({ plugins: { heart: section } }).pr();
    expect(await pr.world.play(heart, pr.comment("bob", "well done"))).toEqual([]);
  },
);

test("not on issues", async () => {
  const issue = here().issue();
  expect(await issue.world.play(heart, issue.comment("bob", "well done"))).toEqual([]);
});

test.each([
  ["opened", "foo/bar/OWNERS", 2, true],
  ["opened", "OWNERS", 1, true],
  ["opened", "foo/bar/OWNERS_ALIASES", 2, true],
  ["opened", "foo/bar/OWNERS", 0, false],
  ["opened", "foo/bar/foo.go", 2, false],
  ["opened", "foo/OWNERS/foo.go", 2, false],
  ["opened", "MY_OWNERS", 2, false],
  ["synchronize", "OWNERS", 2, false],
  ["closed", "OWNERS", 2, false],
])("a pull request that is %s and adds to %s (%d lines): %s", async (action, filename, additions, loved) => {
  const pr = here().pr({ files: ["main.go", { filename, additions }] });
  const effects = await pr.world.play(heart, pr.event(action));
  expect(effects).toEqual(loved ? [{ do: "react", issue: pr.ref, reaction: "+1" }] : []);
});

test("owners files may have other names, and need no section of heart's", async () => {
  const names = { "acme/lib": { owners: "OWN", owners_aliases: "ALIASES" } };
  for (const [filename, reactions] of [
    ["a/OWN", 1],
    ["ALIASES", 1],
    ["OWNERS", 0],
  ] as const) {
    const pr = here({ owners: { filenames: names }, plugins: {} }).pr({
      files: [{ filename, additions: 1 }],
    });
    expect(await pr.world.play(heart, pr.event("opened"))).toHaveLength(reactions);
  }
});
