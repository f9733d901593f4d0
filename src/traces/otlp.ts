// Spans as OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp.
import type { Attributes, SpanKind } from "../lib/trace.ts";

export interface FinishedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: SpanKind;
  /** Milliseconds of the epoch, with a fraction. */
  began: number;
  ended: number;
  attributes: Attributes;
  /** What it ended with. */
  failure?: string;
  service: string;
}

/** Numbers of the protocol. */
const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, consumer: 5 };
const STATUS_ERROR = 2;
const SAMPLED = 1;

interface Scope {
  resource: Readonly<Record<string, string>>;
  version: string;
}

/** One batch; each component is a service. */
export function otlpRequest(spans: readonly FinishedSpan[], { resource, version }: Scope): object {
  const byService = Map.groupBy(spans, ({ service }) => service);
  return {
    resourceSpans: [...byService].map(([service, own]) => ({
      resource: {
        attributes: attributesOf({ ...resource, "service.name": service, "service.version": version }),
      },
      scopeSpans: [{ scope: { name: "cutwater", version }, spans: own.map(spanOf) }],
    })),
  };
}

const spanOf = ({
  traceId,
  spanId,
  parentSpanId,
  name,
  kind,
  began,
  ended,
  attributes,
  failure,
}: FinishedSpan) => ({
  traceId,
  spanId,
  ...(parentSpanId && { parentSpanId }),
  flags: SAMPLED,
  name,
  kind: KINDS[kind],
  startTimeUnixNano: nanoseconds(began),
  endTimeUnixNano: nanoseconds(ended),
  attributes: attributesOf(attributes),
  status: failure === undefined ? {} : { code: STATUS_ERROR, message: failure },
});

/** More than a number of JSON can hold. */
const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms * 1_000)) * 1_000n);

const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );

function anyValue(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
