// What OpenTelemetry's standard variables ask for.
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";

export interface TraceSettings {
  /** Where spans are posted to. */
  url: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** "" lets each component be a service of its own name. */
  serviceName: string;
  resource: Record<string, string>;
  sampler: Sampler;
  /** Of the batches. */
  delayMs: number;
  mostWaiting: number;
  mostAtOnce: number;
}

/** Whether a trace that begins here is recorded, and one that somebody else began (`parent`: whether it is recorded). */
export type Sampler = (traceId: string, parent?: boolean) => boolean;

type Environment = Readonly<Record<string, string | undefined>>;

/** undefined when no traces are asked for. Throws an Error that names the variable. */
export function traceSettings(env: Environment): TraceSettings | undefined {
  const read = (name: string): string => env[`OTEL_${name}`]?.trim() ?? "";
  const either = (name: string): string =>
    read(`EXPORTER_OTLP_TRACES_${name}`) || read(`EXPORTER_OTLP_${name}`);
  const exporter = read("TRACES_EXPORTER") || "otlp";
  if (read("SDK_DISABLED").toLowerCase() === "true" || exporter === "none" || !either("ENDPOINT"))
    return undefined;
  if (exporter !== "otlp")
    throw new Error(`OTEL_TRACES_EXPORTER=${exporter}: traces are sent by otlp only, or by none`);
  if (either("PROTOCOL") === "grpc")
    throw new Error(
      "OTEL_EXPORTER_OTLP_PROTOCOL=grpc: traces are sent over HTTP only; take http/json, and the collector's port 4318",
    );
  const resource = pairs(read("RESOURCE_ATTRIBUTES"), "OTEL_RESOURCE_ATTRIBUTES");
  const number = (name: string, initial: number) => numberOf(read(name), `OTEL_${name}`, initial);
  return {
    url: urlOf(read("EXPORTER_OTLP_TRACES_ENDPOINT"), read("EXPORTER_OTLP_ENDPOINT")),
    headers: pairs(either("HEADERS"), "OTEL_EXPORTER_OTLP_HEADERS"),
    timeoutMs: numberOf(either("TIMEOUT"), "OTEL_EXPORTER_OTLP_TIMEOUT", 10_000),
    serviceName: read("SERVICE_NAME") || (resource["service.name"] ?? ""),
    resource,
    sampler: samplerOf(read("TRACES_SAMPLER"), read("TRACES_SAMPLER_ARG")),
    delayMs: number("BSP_SCHEDULE_DELAY", 5_000),
    mostWaiting: number("BSP_MAX_QUEUE_SIZE", 2_048),
    mostAtOnce: Math.max(1, number("BSP_MAX_EXPORT_BATCH_SIZE", 512)),
  };
}

/** The endpoint of traces is taken as it is, the one of everything is a base. */
function urlOf(traces: string, base: string): string {
  const [name, url] = traces
    ? ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", traces]
    : ["OTEL_EXPORTER_OTLP_ENDPOINT", `${withoutEndSlashes(base)}/v1/traces`];
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw new Error(`${name}=${traces || base} is no address: write http://collector:4318`);
  return url;
}

function pairs(text: string, name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.split(",").filter((each) => each.trim() !== "")) {
    const at = pair.indexOf("=");
    if (at < 1)
      throw new Error(`${name}: ${JSON.stringify(pair.trim().split("=")[0])} is not of the form key=value`);
    try {
      found[pair.slice(0, at).trim()] = decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      throw new Error(`${name}: the value of ${pair.slice(0, at).trim()} has a % that escapes nothing`);
    }
  }
  return found;
}

function numberOf(text: string, name: string, initial: number): number {
  if (text === "") return initial;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name}=${text} is not a number`);
  return value;
}

function samplerOf(name: string, argument: string): Sampler {
  const ratio = () => {
    const part = numberOf(argument, "OTEL_TRACES_SAMPLER_ARG", 1);
    if (part > 1)
      throw new Error(`OTEL_TRACES_SAMPLER_ARG=${argument}: the part of all traces is from 0 to 1`);
    return byRatio(part);
  };
  const followed =
    (root: Sampler): Sampler =>
    (traceId, parent) =>
      parent ?? root(traceId);
  switch (name) {
    case "":
    case "parentbased_always_on":
      return followed(() => true);
    case "parentbased_always_off":
      return followed(() => false);
    case "parentbased_traceidratio":
      return followed(ratio());
    case "always_on":
      return () => true;
    case "always_off":
      return () => false;
    case "traceidratio":
      return ratio();
    default:
      throw new Error(
        `OTEL_TRACES_SAMPLER=${name} is not known: it is always_on, always_off, traceidratio, or one of them with parentbased_ before it`,
      );
  }
}

/** As the SDKs do it, by the last seven bytes of the id, so that all processes choose the same traces. */
function byRatio(part: number): Sampler {
  const bound = part * 2 ** 56;
  return (traceId) => Number.parseInt(traceId.slice(-14), 16) < bound;
}
