// Where a branch was when somebody wrote: told only when it is certain.
import { expect, test } from "vitest";
import { headAt } from "../../src/plugins/trigger/head-at.ts";

const at = (second: number) =>
  new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString().replace(".000", "");
const moves = (...pushes: [sha: string, second: number][]) =>
  pushes.map(([after, second]) => ({ after, timestamp: at(second) }));

test.each([
  [moves(["a", 1]), 2, "a"],
  [moves(["b", 5], ["a", 1]), 6, "b"],
  [moves(["a", 1], ["b", 5]), 6, "b"],
  [moves(["a", 1]), 1, undefined],
  [moves(["b", 5], ["a", 1]), 5, undefined],
  [moves(["b", 5], ["a", 1]), 3, undefined],
  [moves(["b", 1], ["a", 1]), 2, undefined],
  [moves(["a", 9], ["b", 5], ["a", 1]), 7, undefined],
  [[], 2, undefined],
])("%j at second %i: %s", (list, second, head) => {
  expect(headAt(list, at(second))).toBe(head);
});

test("a time that is none proves nothing", () => {
  expect(headAt(moves(["a", 1]), "")).toBeUndefined();
  expect(headAt([...moves(["a", 1]), { after: "b", timestamp: "yesterday" }], at(5))).toBeUndefined();
});

test("in 10,000 races of pushes and a comment within five seconds no later commit is ever taken for the seen one", () => {
  let seed = 1;
  const chance = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  let told = 0;
  for (let race = 0; race < 10_000; race++) {
    // In milliseconds, as it happens; GitHub tells whole seconds.
    const comment = 60_000 + chance(1000);
    const pushes = Array.from({ length: 1 + chance(4) }, () => comment - 5_000 + chance(10_000)).sort(
      (a, b) => a - b,
    );
    const sha = (index: number) => String(chance(3) === 0 ? 0 : index);
    const list = pushes.map((time, index) => ({ time, after: sha(index) }));
    // Some pushes may not be listed yet.
    const listed = list.slice(0, list.length - (chance(3) === 0 ? 1 : 0));
    const shown = listed
      .map(({ after, time }) => ({ after, timestamp: at(Math.floor(time / 1000)) }))
      .reverse();
    const present = list.at(-1)!;
    const found = headAt(shown, at(Math.floor(comment / 1000)));
    if (found === undefined || found !== present.after) continue;
    told++;
    // It runs, so the comment's author must have had that commit before them.
    const before = list.filter(({ time }) => time < comment);
    expect(before.map(({ after }) => after)).toContain(found);
  }
  expect(told).toBeGreaterThan(100);
});
