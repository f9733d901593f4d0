// Sends spans to a collector, in batches, beside the work: nobody waits for it, and what it cannot take is counted.
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { type BackOff, backOffMs, jittered } from "../lib/waiting/back-off.ts";
import { inTime } from "../lib/waiting/in-time.ts";
import { type FinishedSpan, otlpRequest } from "./otlp.ts";
import type { TraceSettings } from "./settings.ts";

export interface ExporterOptions {
  settings: Omit<TraceSettings, "sampler">;
  version: string;
  web: typeof fetch;
  clock: Clock;
  random: () => number;
  log: Logger;
  onDropped(spans: number): void;
}

export interface Exporter {
  add(span: FinishedSpan): void;
  /** Sends what waits, for a few seconds at most. */
  close(): Promise<void>;
}

/** The collector is to be asked again then, says the protocol. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const TRIES = 4;
const RETRY: BackOff = { firstMs: 1_000, longestMs: 30_000 };
const CLOSE_MS = 3_000;

export function exporter(options: ExporterOptions): Exporter {
  const { settings, clock, log, onDropped } = options;
  let waiting: FinishedSpan[] = [];
  let running: Promise<void> | undefined;
  let failing = false;
  const closing = new AbortController();

  async function flush(): Promise<void> {
    if (waiting.length < settings.mostAtOnce) await clock.sleep(settings.delayMs, closing.signal);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, settings.mostAtOnce);
      waiting = waiting.slice(settings.mostAtOnce);
      const problem = await post(batch, options, closing.signal);
      if (problem !== undefined) onDropped(batch.length);
      if (problem !== undefined && !failing)
        log.warn({ error: problem }, "Spans cannot be sent to the collector; work goes on.");
      failing = problem !== undefined;
    }
  }

  return {
    add(span) {
      if (waiting.length >= settings.mostWaiting) return onDropped(1);
      waiting.push(span);
      running ??= flush().finally(() => {
        running = undefined;
      });
    },
    async close() {
      closing.abort();
      const rest = running ?? (waiting.length > 0 ? flush() : undefined);
      await inTime(rest, CLOSE_MS, clock);
    },
  };
}

/** What went wrong, if anything. */
async function post(
  batch: readonly FinishedSpan[],
  { settings, version, web, clock, random }: ExporterOptions,
  closing: AbortSignal,
): Promise<string | undefined> {
  const body = JSON.stringify(otlpRequest(batch, { resource: settings.resource, version }));
  for (let tries = 1; ; tries++) {
    let problem: string;
    let pauseMs = jittered(backOffMs(RETRY, tries), random);
    try {
      const response = await web(settings.url, {
        method: "POST",
        headers: { ...settings.headers, "content-type": "application/json" },
        body,
        redirect: "error",
        signal: AbortSignal.timeout(settings.timeoutMs),
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      problem = `HTTP ${response.status}`;
      if (!RETRYABLE.has(response.status)) return problem;
      const asked = Number(response.headers.get("retry-after"));
      if (asked > 0) pauseMs = Math.min(RETRY.longestMs, asked * 1_000);
    } catch (error) {
      problem = errorText(error);
    }
    if (tries >= TRIES || closing.aborted) return problem;
    await clock.sleep(pauseMs, closing);
  }
}
