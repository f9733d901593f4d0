// Wakes workers by way of BullMQ. A wake-up may be lost, or be one too many: what there is to do does not depend on it.
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { inTime } from "../../lib/waiting/in-time.ts";
import { inTurn } from "../../lib/waiting/in-turn.ts";
import { untilAborted } from "../../lib/waiting/until-aborted.ts";
import type { Connections } from "./connect.ts";

/** With a group: that has its turn again. */
interface Wake {
  group?: string;
}

export interface WakeUps {
  /** Wakes somebody for one more item; together with others, if many come. */
  soon(): void;
  now(): Promise<void>;
  /** Of a group, after so many milliseconds. */
  later(group: string, ms: number): Promise<void>;
  /** Called for each wake-up that comes, until `signal` aborts; what is called then is soon waited for no more. */
  heard(signal: AbortSignal, called: (group?: string) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Whoever is woken wakes others in its process as long as there is more; the rest is for other processes. */
const ITEMS_PER_WAKE = 8;
/** After an error BullMQ waits before it goes on. */
const RETRY_MS = 5_000;
/** Never to end is what BullMQ's worker does where Redis is away when it is closed (its issue 4656). */
const CLOSE_MS = 2_000;
const ONCE = { removeOnComplete: true, removeOnFail: true };

export function wakeUps(
  { Queue, Worker }: Pick<typeof import("bullmq"), "Queue" | "Worker">,
  name: string,
  { wakes, forWorker }: Pick<Connections, "wakes" | "forWorker">,
  { log, clock }: { log: Logger; clock: Pick<Clock, "sleep"> },
): WakeUps {
  const prefix = "{cutwater}";
  const queue = new Queue<Wake>(name, { connection: wakes, prefix });
  queue.on("error", (error) => log.warn({ error: error.message }, "BullMQ"));
  const wake = async (times: number) => {
    const one = { name: "ready", data: {}, opts: ONCE };
    await queue.addBulk(Array.from({ length: times }, () => one));
  };
  const woken = inTurn(async (items: readonly undefined[]) => {
    // Whoever takes up one of those that nobody has taken up yet comes upon these items too.
    const missing = Math.ceil(items.length / ITEMS_PER_WAKE) - (await queue.getWaitingCount());
    if (missing > 0) await wake(missing);
  });
  return {
    soon() {
      // The item is safe; if this wake-up is lost, the sweep finds its group.
      woken(undefined).catch((error: unknown) =>
        log.warn({ error }, "wake-up lost, the sweep makes up for it"),
      );
    },
    now: () => wake(1),
    async later(group, delay) {
      await queue.add("group", { group }, { ...ONCE, delay });
    },
    async heard(signal, called) {
      const worker = new Worker<Wake>(name, ({ data }) => called(data.group), {
        ...{ connection: forWorker(), prefix, runRetryDelay: RETRY_MS, autorun: false },
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      });
      worker.on("error", (error) => log.warn({ error: error.message }, "BullMQ worker"));
      const ran = worker.run();
      await untilAborted(ran, signal);
      await inTime(Promise.all([worker.close(), ran]), CLOSE_MS, clock);
    },
    close: () => queue.close(),
  };
}
