// Rounds of work do not overlap, and a round that fails holds up none after it.
import { expect, test } from "vitest";
import { inTurn } from "../../../src/lib/waiting/in-turn.ts";

test("who comes meanwhile shares the next round", async () => {
  const rounds: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const add = inTurn<number, string>(async (all) => {
    rounds.push([...all]);
    await new Promise<void>((end) => ends.push(end));
    if (all.includes(2)) throw new Error("away");
    return `round ${rounds.length}`;
  });
  const first = add(1);
  await Promise.resolve();
  const [second, third] = [add(2), add(3)];
  const refused = Promise.allSettled([second, third]);
  ends[0]?.();
  expect(await first).toBe("round 1");
  await expect.poll(() => rounds.length).toBe(2);
  const fourth = add(4);
  ends[1]?.();
  expect((await refused).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect.poll(() => rounds.length).toBe(3);
  ends[2]?.();
  expect(await fourth).toBe("round 3");
  expect(rounds).toEqual([[1], [2, 3], [4]]);
});
