// Build ids as Prow's plank makes them: snowflakes, numbers that grow with time and need no coordination.
import type { Clock } from "../lib/clock.ts";

/** The library's epoch, 2010-11-04T01:42:54.657Z, in milliseconds. */
const EPOCH = 1_288_834_974_657n;
const NODE_BITS = 10n;
const STEP_BITS = 12n;

/** A function that gives a new build id at each call. `random` is in [0, 1) and chooses the node number. */
export function snowflake(clock: Pick<Clock, "now">, random: () => number): () => string {
  const node = BigInt(Math.floor(random() * 2 ** Number(NODE_BITS)));
  let lastTime = 0n;
  let step = 0n;
  return () => {
    const now = BigInt(clock.now().getTime());
    if (now > lastTime) [lastTime, step] = [now, 0n];
    else step += 1n;
    // A full step moves on to the next millisecond, so a clock that stands still gives new ids too.
    if (step >> STEP_BITS) [lastTime, step] = [lastTime + 1n, 0n];
    return String(((lastTime - EPOCH) << (NODE_BITS + STEP_BITS)) | (node << STEP_BITS) | step);
  };
}
