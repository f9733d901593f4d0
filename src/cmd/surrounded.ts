// What every process that works has around it, whether it is one component or all of them: opened before, closed after.
import { collectDefaultMetrics, Registry } from "prom-client";
import { within } from "../lib/cause.ts";
import { health } from "../lib/health.ts";
import type { Logger } from "../lib/logger.ts";
import type { Host } from "./command.ts";
import { watchEventLoop } from "./process/event-loop.ts";
import { tracesFrom } from "./process/traces.ts";
import type { Surroundings } from "./surroundings.ts";
import { type RecordPlace, recordOf } from "./wiring/record.ts";

/** All but the configuration, which each reads from where its own is. */
export type Bare = Omit<Surroundings, "config" | "end">;

interface Place {
  host: Host;
  log: Logger;
  /** Where the record is. */
  flags: RecordPlace;
}

/** The signal that `use` is handed aborts when the process shall stop, when `stop` is called, and when `use` has ended. */
export async function surrounded<T>(
  { host, log, flags }: Place,
  use: (bare: Bare, stop: () => void) => Promise<T>,
): Promise<T> {
  host.onWarning(({ name: kind, message }) => log.warn({ kind }, message));
  const { failpoints } = host;
  if (failpoints) log.warn({ FAILPOINT: failpoints.text }, "This process will fail on purpose.");
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const ended = new AbortController();
  const stop = () => ended.abort();
  const record = await recordOf(flags, { host, log, metrics });
  const traces = tracesFrom({ host, log, metrics });
  const unwatch = watchEventLoop(metrics, log);
  const signal = AbortSignal.any([host.signal, ended.signal]);
  const bare: Bare = { host, log, metrics, record, health: health(() => performance.now()), signal };
  try {
    return await within({ tracer: traces.tracer }, () => use(bare, stop));
  } finally {
    stop();
    unwatch();
    await Promise.all([record.close(), traces.close()]);
  }
}
