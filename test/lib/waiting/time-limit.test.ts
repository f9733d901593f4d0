import { expect, test } from "vitest";
import { timeLimit } from "../../../src/lib/waiting/time-limit.ts";

const never = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

test("what takes too long is told so by its signal", async () => {
  await expect(timeLimit(1, never)).rejects.toMatchObject({
    name: "TimeoutError",
    message: "no answer within 1 ms",
  });
});

test("what is over in time is what it came to, and is told nothing later", async () => {
  let heard: AbortSignal | undefined;
  const kept = async (signal: AbortSignal) => {
    heard = signal;
    return 7;
  };
  expect(await timeLimit(5, kept)).toBe(7);
  await expect(timeLimit(5, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard?.aborted).toBe(false);
});
