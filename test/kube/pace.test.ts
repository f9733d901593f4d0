// Requests to an API server go out at a rate, after a quiet time some at once; the lease's never wait.
import { expect, test } from "vitest";
import { paced } from "../../src/kube/pace.ts";
import { manualClock } from "../lib/manual-clock.ts";

function start(qps: number, burst: number) {
  const clock = manualClock();
  const pace = paced({ qps, burst, monotonic: () => clock.now().getTime() }, clock);
  const out: number[] = [];
  const ask = (index: number) => void pace().then(() => out.push(index));
  return { clock, out, ask };
}

test("a burst goes out at once, the rest at the rate and in order", async () => {
  const { clock, out, ask } = start(10, 5);
  for (let index = 0; index < 25; index++) ask(index);
  await clock.advance(0);
  expect(out).toHaveLength(5);
  await clock.advance(1_000);
  expect(out).toHaveLength(15);
  await clock.advance(1_000);
  expect(out).toEqual(Array.from({ length: 25 }, (_, index) => index));
});

test("quiet time gives back no more than one burst", async () => {
  const { clock, out, ask } = start(10, 5);
  await clock.advance(60_000);
  for (let index = 0; index < 20; index++) ask(index);
  await clock.advance(0);
  expect(out).toHaveLength(5);
});
