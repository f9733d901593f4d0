// Makes spans: their ids, whether they are recorded, and what they are when they end.
import { errorText } from "../lib/error-text.ts";
import { type Attributes, type Span, type Tracer, traceIdOf } from "../lib/trace.ts";
import type { Exporter } from "./exporter.ts";
import type { Sampler } from "./settings.ts";

export interface TracerOptions {
  exporter: Pick<Exporter, "add">;
  sampler: Sampler;
  /** "" for the component's own name. */
  serviceName: string;
  /** Milliseconds of the epoch, with a fraction. */
  now: () => number;
  random: () => number;
}

const LONGEST_TEXT = 300;

export function tracer({ exporter, sampler, serviceName, now, random }: TracerOptions): Tracer {
  return {
    start({ name, kind = "internal", attributes = {}, parent, seed, at, component = "cutwater" }): Span {
      const traceId = parent?.traceId ?? traceIdOf(seed ?? hex(random, 32));
      const sampled = sampler(traceId, parent?.sampled);
      const context = { traceId, spanId: hex(random, 16), sampled };
      if (!sampled) return { context, set() {}, end() {} };
      const began = at ?? now();
      let all: Attributes = attributes;
      return {
        context,
        set(more) {
          all = { ...all, ...more };
        },
        end(failure) {
          exporter.add({
            ...{ traceId, spanId: context.spanId, name, kind, began, ended: Math.max(began, now()) },
            ...(parent && { parentSpanId: parent.spanId }),
            attributes: all,
            ...(failure !== undefined && { failure: errorText(failure).slice(0, LONGEST_TEXT) }),
            service: serviceName || component,
          });
        },
      };
    },
  };
}

/** Never all zeros, which would be no id. */
function hex(random: () => number, digits: number): string {
  let text = "";
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return /^0+$/.test(text) ? `${text.slice(1)}1` : text;
}
