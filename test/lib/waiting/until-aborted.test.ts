// What is waited for until a signal: its outcome, or none, and no trace of it.
import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { untilAborted } from "../../../src/lib/waiting/until-aborted.ts";

test("it ends with the work, as the work does, and leaves nothing with the signal", async () => {
  const { signal } = new AbortController();
  await untilAborted(Promise.resolve(1), signal);
  await expect(untilAborted(Promise.reject(new Error("away")), signal)).rejects.toThrow("away");
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("it ends with the signal, also one that has aborted before, whatever becomes of the work", async () => {
  const stop = new AbortController();
  const works = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const before = untilAborted(works[0]!.promise, stop.signal);
  stop.abort();
  const after = untilAborted(works[1]!.promise, stop.signal);
  expect(await Promise.all([before, after])).toEqual([undefined, undefined]);
  // An error that nobody hears of any more is none.
  for (const { reject } of works) reject(new Error("closed"));
  await new Promise(setImmediate);
});
