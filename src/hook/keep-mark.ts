// Compares the queue's memory with the mark of it that is kept outside, and keeps the mark up to date.
import { isRefusal } from "../kube/error.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import type { Queue } from "../queue/port.ts";
import type { Marks } from "./mark-store.ts";
import { type Mark, markBehind, nextMark } from "./memory-mark.ts";

export interface MarkDeps {
  queue: Pick<Queue, "state">;
  /** What waits for external plugins: its webhooks are done when it is. */
  outside?: Pick<Queue, "state">;
  marks: Marks;
  clock: Pick<Clock, "now">;
  log: Logger;
}

/** What a process keeps in between; where no mark can be kept outside, it knows only of losses before its own eyes. */
export interface MarkMemory {
  mark?: Mark;
  /** What the last sweep came to: since when GitHub's deliveries are still to come, if any are. */
  behind?: { from: number | undefined };
  /** What people have been told once. */
  told: Set<string>;
}

/**
 * `failed`: the mark outside could not be read or written this time. A refusal is none, since it stays until somebody grants
 * the right: it is told once, and the mark is kept by this process alone. Neither hinders anything else.
 */
export async function keepMark(deps: MarkDeps, memory: MarkMemory): Promise<{ mark: Mark; failed: boolean }> {
  const { queue, outside, marks, clock, log } = deps;
  // Taken before the queue is asked: what comes meanwhile is later.
  const now = clock.now().getTime();
  const [state, others] = await Promise.all([queue.state(), outside?.state()]);
  const waiting = [state.oldest, others?.oldest].flatMap((time) => (time ? [Date.parse(time)] : []));
  const told = {
    now,
    since: Date.parse(state.since),
    ...(waiting.length > 0 && { oldest: Math.min(...waiting) }),
  };
  const next = (kept: Mark | undefined) => {
    const mark = nextMark(kept ?? memory.mark, told);
    return memory.behind ? markBehind(mark, memory.behind.from, now) : mark;
  };
  let failed = false;
  let mark: Mark | undefined;
  try {
    mark = await marks.change(next);
  } catch (error) {
    failed = !isRefusal(error);
    const once = `${failed} ${errorText(error)}`;
    if (!memory.told.has(once)) log.warn({ error }, `${UNKEPT} ${errorText(error)}`);
    memory.told.add(once);
  }
  memory.mark = mark ?? next(undefined);
  for (const { from, to, swept } of memory.mark.lost) {
    const times = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
    if (swept || memory.told.has(times)) continue;
    memory.told.add(times);
    log.warn(
      {},
      `The queue has lost its memory: what was acknowledged from ${times} is looked for once more.`,
    );
  }
  return { mark: memory.mark, failed };
}

const UNKEPT =
  "The mark of the queue's memory can not be kept in ConfigMap cutwater-queue, so a loss of the queue is seen only by a process that runs at the time; allow hook to create, get and update it.";
