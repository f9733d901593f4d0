// Appends in batches, beside the work: an appender never waits, what cannot be written is tried again and at last counted.
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { inTime } from "../lib/waiting/in-time.ts";
import { boundedEntry } from "./bounded.ts";
import type { Entry, RecordWrite } from "./port.ts";

export interface BatchOptions {
  /** Writes all of them, or rejects. */
  write(entries: readonly Entry[]): Promise<void> | void;
  clock: Clock;
  log: Logger;
  /** Told how many entries are lost for good. */
  onLost(entries: number): void;
}

export interface Batches extends RecordWrite {
  close(): Promise<void>;
}

/** A process that is killed loses what it has appended within this time. */
const PAUSE_MS = 20;
const MOST_AT_ONCE = 200;
/** What waits while the place cannot be written to; of more the oldest are lost. */
const MOST_WAITING = 10_000;
const RETRY_MS = 1_000;
const CLOSE_MS = 3_000;

export function batches({ write, clock, log, onLost }: BatchOptions): Batches {
  let waiting: Entry[] = [];
  let running: Promise<void> | undefined;
  let failing = false;
  const closing = new AbortController();

  async function flush(): Promise<void> {
    await clock.sleep(PAUSE_MS, closing.signal);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      try {
        await write(batch.map(boundedEntry));
        if (failing) log.info({}, "The record is kept again.");
        failing = false;
      } catch (error) {
        if (!failing) log.error({ error: errorText(error) }, "The record cannot be written; work goes on.");
        failing = true;
        keep([...batch, ...waiting]);
        if (closing.signal.aborted) return;
        await clock.sleep(RETRY_MS, closing.signal);
      }
    }
  }

  function keep(entries: Entry[]): void {
    const tooMany = entries.length - MOST_WAITING;
    if (tooMany > 0) onLost(tooMany);
    waiting = tooMany > 0 ? entries.slice(tooMany) : entries;
  }

  function start(): void {
    running = flush().finally(() => {
      running = undefined;
      // One may have come in after the last look.
      if (waiting.length > 0 && !closing.signal.aborted) start();
    });
  }

  return {
    append(entry) {
      waiting.push(entry);
      if (waiting.length > MOST_WAITING) keep(waiting);
      if (!running) start();
    },
    async close() {
      closing.abort();
      await inTime(running, CLOSE_MS, clock);
      if (waiting.length > 0) onLost(waiting.length);
      waiting = [];
    },
  };
}
