// Alarms when something keeps the event loop busy for so long that everybody else notices.
import { Counter, Gauge, type Registry } from "prom-client";
import type { Logger } from "../../lib/logger.ts";

const LOOK_MS = 50;
/** Beyond it a webhook's answer is late, and a lock may be lost. */
const STALL_MS = 100;
/** Worth a line in the log. */
const LONG_STALL_MS = 1_000;

/** Returns how to stop. */
export function watchEventLoop(metrics: Registry, log: Logger): () => void {
  const registers = [metrics];
  let worst = 0;
  const stalls = new Counter({
    name: "cutwater_event_loop_stalls_total",
    help: "Times that the event loop was held up for more than 100 ms.",
    registers,
  });
  new Gauge({
    name: "cutwater_event_loop_longest_stall_seconds",
    help: "The longest time that the event loop was held up since the last scrape.",
    registers,
    collect() {
      this.set(worst / 1_000);
      worst = 0;
    },
  });
  let due = performance.now() + LOOK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    const lateMs = now - due;
    due = now + LOOK_MS;
    if (lateMs <= STALL_MS) return;
    stalls.inc();
    worst = Math.max(worst, lateMs);
    if (lateMs > LONG_STALL_MS) log.warn({ ms: Math.round(lateMs) }, "The event loop was held up.");
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}
