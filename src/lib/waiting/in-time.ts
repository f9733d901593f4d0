// A limit to how long something is waited for. It goes on all the same.
import type { Clock } from "../clock.ts";

/** What `work` comes to, or "late" when it is not over within so many milliseconds. */
export async function inTime<T>(
  work: Promise<T> | T,
  ms: number,
  clock: Pick<Clock, "sleep">,
): Promise<T | "late"> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(() => "late" as const);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort("over");
  }
}
