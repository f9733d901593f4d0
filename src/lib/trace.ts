// Spans of a trace: what is asked of a tracer, and W3C's one-line form of a span's place.
import { hash } from "node:crypto";

export interface SpanContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16. */
  spanId: string;
  sampled: boolean;
}

export type SpanKind = "internal" | "server" | "client" | "consumer";
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  name: string;
  kind?: SpanKind;
  attributes?: Attributes;
  /** Without it a trace begins, whose id derives from `seed`. */
  parent?: SpanContext;
  seed?: string;
  /** When it began, in milliseconds of the clock; default: now. */
  at?: number;
  /** hook, tide, …: the service that it is shown under. */
  component?: string;
}

export interface Span {
  context: SpanContext;
  set(attributes: Attributes): void;
  /** `failure`: what it ended with, if with one. */
  end(failure?: unknown): void;
}

export interface Tracer {
  start(span: SpanStart): Span;
}

/** Everybody who knows the seed, a delivery's GUID, knows the trace, also in another process. */
export const traceIdOf = (seed: string): string => hash("sha256", seed).slice(0, 32);

export const traceparent = ({ traceId, spanId, sampled }: SpanContext): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;

/** undefined for what is not one. Later versions may say more after the flags. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] = TRACEPARENT.exec(text ?? "") ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
