// Traces of this process, where OpenTelemetry's standard variables ask for them.
import { Counter, type Registry } from "prom-client";
import { errorText } from "../../lib/error-text.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Tracer } from "../../lib/trace.ts";
import { exporter } from "../../traces/exporter.ts";
import { type TraceSettings, traceSettings } from "../../traces/settings.ts";
import { tracer } from "../../traces/tracer.ts";
import type { Host } from "../command.ts";
import { VERSION } from "./version.ts";

export interface Traces {
  tracer?: Tracer;
  close(): Promise<void>;
}

/** Work does not depend on it: variables that make no sense, as a platform may set them for all, are told, and no traces sent. */
export function tracesFrom({ host, log, metrics }: { host: Host; log: Logger; metrics: Registry }): Traces {
  const settings = settingsOf(host.env, log);
  if (!settings) return { close: async () => {} };
  const dropped = new Counter({
    name: "cutwater_spans_dropped_total",
    help: "Spans that could not be sent to the collector.",
    registers: [metrics],
  });
  const { clock, random } = host;
  const out = exporter({
    ...{ settings, clock, random, log, version: VERSION, web: fetch },
    onDropped: (spans) => dropped.inc(spans),
  });
  log.info({ collector: new URL(settings.url).host }, "Traces are sent.");
  const { sampler, serviceName } = settings;
  const now = () => performance.timeOrigin + performance.now();
  return { tracer: tracer({ exporter: out, sampler, serviceName, now, random }), close: out.close };
}

function settingsOf(env: Host["env"], log: Logger): TraceSettings | undefined {
  try {
    return traceSettings(env);
  } catch (error) {
    log.error({ error: errorText(error) }, "No traces are sent; work goes on.");
    return undefined;
  }
}
