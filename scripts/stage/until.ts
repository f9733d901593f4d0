// Waits for what others bring about.
import { setTimeout as pause } from "node:timers/promises";

const PATIENCE_MS = 180_000;

/** Throws when it has not come to be in time. */
export async function until(
  what: string,
  done: () => Promise<boolean>,
  { patienceMs = PATIENCE_MS, everyMs = 100 } = {},
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${patienceMs / 1000} s`);
    await pause(everyMs);
  }
}

export const untilReady = (url: string): Promise<void> =>
  until(url, () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
