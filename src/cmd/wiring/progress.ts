// What shows that the parts of a component make progress, seen from outside of them.
import type { KubeRead } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import { type Health, pulsing } from "../../lib/health.ts";
import { postponedMs } from "../../queue/error.ts";
import type { Queue } from "../../queue/port.ts";

const MINUTE_MS = 60_000;
/** Somebody may wait for GitHub's hourly limit. */
const LONGEST_WAIT_MS = 70 * MINUTE_MS;
/** Nothing is waited for, and yet nothing is begun. */
const IDLE_MS = 10 * MINUTE_MS;
/** A watch ends every five minutes by itself. */
const SILENT_WATCH_MS = 15 * MINUTE_MS;

/** Runs a component's loop with a clock whose pauses show that it goes on. */
export async function loop<T>(
  name: string,
  { health, host }: { health: Health; host: { clock: Clock } },
  run: (clock: Clock) => Promise<T>,
): Promise<T> {
  const pulse = health.pulse(name, LONGEST_WAIT_MS);
  try {
    return await run(pulsing(host.clock, pulse));
  } finally {
    pulse.stop();
  }
}

/** `alone`: nobody else works on this queue, so what waits can only be waiting for us. */
export function watchedQueue(
  queue: Queue,
  { health, host }: { health: Health; host: { clock: Pick<Clock, "now"> } },
  name: string,
  alone: boolean,
  monotonic: () => number = () => performance.now(),
): Queue {
  let running = 0;
  let last = monotonic();
  const resting = resters(monotonic);
  return {
    ...queue,
    work(handle, options) {
      last = monotonic();
      health.check(name, async () => {
        const quietMs = monotonic() - last;
        // What rests keeps what comes after it in its group from being worked on.
        const isIdle = alone && running === 0 && !resting.any();
        if (options.signal.aborted || quietMs < (isIdle ? IDLE_MS : LONGEST_WAIT_MS)) return undefined;
        const waiting = await queue.depth();
        if (waiting === 0) return undefined;
        return `${waiting} wait, ${running} are worked on, and none was begun or ended for ${Math.round(quietMs / MINUTE_MS)} minutes`;
      });
      return queue.work(async (item, attempt) => {
        running++;
        last = monotonic();
        resting.begun(item.id);
        try {
          await handle(item, attempt);
        } catch (error) {
          resting.failed(item.id, postponedMs(error, host.clock.now().getTime()));
          throw error;
        } finally {
          running--;
          last = monotonic();
        }
      }, options);
    },
  };
}

/** Those that wait for a time that is known, GitHub's budget for example: nobody is to work on them. */
function resters(monotonic: () => number) {
  const until = new Map<string, number>();
  return {
    begun: (id: string): void => void until.delete(id),
    failed(id: string, forMs: number | undefined): void {
      if (forMs !== undefined) until.set(id, monotonic() + forMs);
    },
    any(): boolean {
      for (const [id, end] of until) if (end <= monotonic()) until.delete(id);
      return until.size > 0;
    },
  };
}

/** Whatever a reflector asks, hears or fails at is a sign of its life. */
export function watchedReads(read: KubeRead, health: Health, name: string, signal: AbortSignal): KubeRead {
  const pulse = health.pulse(name, SILENT_WATCH_MS);
  signal.addEventListener("abort", () => pulse.stop(), { once: true });
  return {
    ...read,
    async list(kind, options) {
      pulse.beat();
      try {
        return await read.list(kind, options);
      } finally {
        pulse.beat();
      }
    },
    async *watch(kind, options) {
      pulse.beat();
      for await (const event of read.watch(kind, options)) {
        pulse.beat();
        yield event;
      }
      pulse.beat();
    },
  };
}
