// SIGTERM: what is under way ends, but not everything that is under way is waited for.
import { expect, it } from "vitest";
import { stopsInTime } from "../../../src/cmd/process/graceful.ts";
import { silent } from "../../../src/lib/logger.ts";
import { manualClock, settle } from "../../lib/manual-clock.ts";

function stopping(done: Promise<unknown>) {
  const clock = manualClock();
  const stop = new AbortController();
  const lines: string[] = [];
  const log = { ...silent, warn: (_: object, text: string) => void lines.push(text) };
  const state = { ended: false };
  const ends = stopsInTime(done, stop.signal, { clock, log }).finally(() => {
    state.ended = true;
  });
  return { clock, stop, lines, state, ends };
}

it("waits for what is under way", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { clock, stop, lines, state, ends } = stopping(promise);
  await clock.advance(3_600_000);
  stop.abort();
  await clock.advance(10_000);
  expect(state.ended).toBe(false);
  resolve();
  await ends;
  expect(lines).toEqual([]);
});

it("ends within 25 s of the signal, and says so, when something does not", async () => {
  const { clock, stop, lines, state } = stopping(new Promise(() => {}));
  stop.abort();
  await clock.advance(20_000);
  await settle();
  expect([state.ended, lines.length]).toEqual([true, 1]);
});

it("tells what broke", async () => {
  const { ends } = stopping(Promise.reject(new Error("the disk is full")));
  await expect(ends).rejects.toThrow("the disk is full");
});
