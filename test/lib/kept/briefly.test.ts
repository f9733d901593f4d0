// What is asked often is looked up once in a while, and never holds on to a failure.
import { expect, test } from "vitest";
import { briefly } from "../../../src/lib/kept/briefly.ts";
import { manualClock } from "../manual-clock.ts";

test("an answer holds for a moment, a failure not at all", async () => {
  const clock = manualClock();
  let asked = 0;
  let broken = true;
  const ask = briefly(1_000, clock, async () => {
    asked++;
    if (broken) throw new Error("away");
    return asked;
  });
  await expect(Promise.all([ask(), ask()])).rejects.toThrow("away");
  expect(asked).toBe(1);
  broken = false;
  expect(await ask()).toBe(2);
  await clock.advance(999);
  expect(await ask()).toBe(2);
  await clock.advance(1);
  expect(await ask()).toBe(3);
});

test("a clock that is set back does not make an answer last", async () => {
  let now = 10_000_000;
  let asked = 0;
  const ask = briefly(1_000, { now: () => new Date(now) }, async () => ++asked);
  expect(await ask()).toBe(1);
  now -= 3_600_000;
  expect(await ask()).toBe(2);
  expect(await ask()).toBe(2);
});

test("what takes long is asked once, is good from when it came, and can be forgotten", async () => {
  const clock = manualClock();
  let asked = 0;
  let answer = (_: number) => {};
  const ask = briefly(1_000, clock, () => {
    asked++;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  });
  const first = ask();
  await clock.advance(5_000);
  const second = ask();
  answer(1);
  expect(await Promise.all([first, second])).toEqual([1, 1]);
  await clock.advance(999);
  expect(await ask()).toBe(1);
  ask.forget();
  const third = ask();
  answer(2);
  expect(await third).toBe(2);
  expect(asked).toBe(2);
});
