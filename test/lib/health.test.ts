// Health means progress: who may be quiet for how long, and what is no fault.
import { expect, it } from "vitest";
import { health, pulsing } from "../../src/lib/health.ts";
import { manualClock } from "./manual-clock.ts";

const MINUTE_MS = 60_000;

function world() {
  const time = { now: 0 };
  return { time, of: health(() => time.now) };
}

it("misses a loop that shows no sign of life for longer than it may", async () => {
  const { time, of } = world();
  const pulse = of.pulse("tide", 10 * MINUTE_MS);
  time.now = 10 * MINUTE_MS;
  expect(await of.problems()).toEqual([]);
  time.now = 12 * MINUTE_MS;
  expect(await of.problems()).toEqual(["tide: no sign of life for 12 minutes"]);
  pulse.beat();
  expect(await of.problems()).toEqual([]);
});

it("lets a loop rest for as long as it says, and end", async () => {
  const { time, of } = world();
  const pulse = of.pulse("sinker", MINUTE_MS);
  pulse.beat(60 * MINUTE_MS);
  pulse.beat();
  time.now = 60 * MINUTE_MS;
  expect(await of.problems()).toEqual([]);
  time.now = 62 * MINUTE_MS;
  expect(await of.problems()).toHaveLength(1);
  pulse.stop();
  expect(await of.problems()).toEqual([]);
});

it("takes each pause of a loop's clock for a sign of life, and misses the loop that does not come back to it", async () => {
  const { time, of } = world();
  const real = manualClock();
  const clock = pulsing(real, of.pulse("tide", MINUTE_MS));
  let hangs = false;
  const looping = (async () => {
    while (!hangs) await clock.sleep(30 * MINUTE_MS);
  })();
  for (let looks = 0; looks < 3; looks++) {
    time.now += 30 * MINUTE_MS;
    await real.advance(30 * MINUTE_MS);
    expect(await of.problems()).toEqual([]);
  }
  hangs = true;
  await real.advance(30 * MINUTE_MS);
  await looping;
  time.now += 62 * MINUTE_MS;
  expect(await of.problems()).toHaveLength(1);
});

it("asks its checks, and takes what cannot be looked at for no fault of ours", async () => {
  const { of } = world();
  of.check("deliveries", async () => "3 wait");
  of.check("redis", async () => Promise.reject(new Error("connection refused")));
  of.check("fine", async () => undefined);
  expect(await of.problems()).toEqual(["deliveries: 3 wait"]);
});
