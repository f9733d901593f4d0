// What becomes of an item of which a worker has had its turn: decided here for every queue.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { type BackOff, backOffMs } from "../lib/waiting/back-off.ts";
import { isPermanent, postponedMs, reasonOf } from "./error.ts";
import type { Queue, QueueItem } from "./port.ts";

export type Outcome =
  | { is: "done" }
  /** It stays at the head of its group, which waits with it. `attempts`: how often it has failed. */
  | { is: "resting"; ms: number; attempts: number }
  | { is: "dead"; why: string; attempts: number };

/** Workers that may die at an item before it is a dead letter. */
const MOST_CRASHES = 20;

interface Around {
  clock: Pick<Clock, "now">;
  random: () => number;
  log: Pick<Logger, "warn">;
  backOff: BackOff;
  maxAttempts: number;
}

/** Has an item worked on; where `crashes` is not 0, it was not taken, since so many workers have died at it. Never rejects. */
export async function outcomeOf(
  { item, crashes }: { item: QueueItem & { attempts: number }; crashes: number },
  handle: Parameters<Queue["work"]>[0],
  around: Around,
): Promise<Outcome> {
  if (crashes === 0) return await worked(item, handle, around);
  const { id, group } = item;
  around.log.warn({ id, group, crashes }, "a worker has died while it worked on this");
  return afterCrashes(crashes, item.attempts, around);
}

/** Hands it to a worker. Never rejects. */
async function worked(
  { attempts, ...item }: QueueItem & { attempts: number },
  handle: Parameters<Queue["work"]>[0],
  { clock, backOff, maxAttempts }: Around,
): Promise<Outcome> {
  const attempt = attempts + 1;
  try {
    await handle(item, attempt);
    return { is: "done" };
  } catch (error) {
    const postponed = postponedMs(error, clock.now().getTime());
    if (postponed !== undefined) return { is: "resting", ms: postponed, attempts };
    if (attempt < maxAttempts && !isPermanent(error))
      return { is: "resting", ms: backOffMs(backOff, attempt), attempts: attempt };
    return { is: "dead", why: reasonOf(error), attempts: attempt };
  }
}

/**
 * After so many workers have died at it, the rest that it gets is different each time: those that merely were beside it, and
 * have died with it, must not come upon it again and again. They have died less often.
 */
function afterCrashes(crashes: number, attempts: number, { backOff, random }: Around): Outcome {
  if (crashes >= MOST_CRASHES)
    return { is: "dead", why: `${crashes} workers have died while they worked on it`, attempts };
  return { is: "resting", ms: backOffMs(backOff, crashes) * (0.5 + random()), attempts };
}

/** For the log. */
export const DROPPED_TEXT = "dead letters take too much room: the oldest were dropped";
