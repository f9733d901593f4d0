// How long pages take and how large they are, by the names, labels and buckets of Prow's deck.
import type { RequestListener } from "node:http";
import { Histogram, type Registry } from "prom-client";
import { simplePath } from "../../deck/simple-path.ts";
import { fewValues } from "../../lib/few-values.ts";

/** Of paths, methods, statuses and agents; each has some 30 series. Beyond, agents are not told apart. */
const MOST_COMBINATIONS = 1_000;

/** `least` and `most`, and the powers of two between them. */
function powersOfTwo(least: number, most: number): number[] {
  const powers = Array.from({ length: 64 }, (_, at) => 2 ** (at - 16));
  return [...new Set([least, ...powers.filter((power) => power > least && power < most), most])];
}

export function pageMetrics(registry: Registry): (pages: RequestListener) => RequestListener {
  const labelNames = ["path", "method", "status", "user_agent"];
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers: [registry] });
  const duration = histogram(
    "deck_http_request_duration_seconds",
    "http request duration in seconds",
    powersOfTwo(0.005, 20),
  );
  const size = histogram(
    "deck_http_response_size_bytes",
    "http response size in bytes",
    powersOfTwo(16_384, 33_554_432),
  );
  const told = fewValues(MOST_COMBINATIONS, /^[ -~]{1,600}$/);
  return (pages) => (request, response) => {
    const began = performance.now();
    const bytes = countBytes(response);
    response.once("close", () => {
      const labels = {
        path: simplePath((request.url ?? "/").split("?", 1)[0]!),
        method: request.method ?? "",
        status: String(response.statusCode),
        user_agent: request.headers["user-agent"] ?? "",
      };
      if (told(JSON.stringify(labels)) === "other") labels.user_agent = "other";
      duration.observe(labels, (performance.now() - began) / 1_000);
      size.observe(labels, bytes());
    });
    pages(request, response);
  };
}

/** What the response's body has by now, without headers. */
function countBytes(response: Parameters<RequestListener>[1]): () => number {
  let bytes = 0;
  const count = (chunk: unknown) => {
    if (typeof chunk === "string" || chunk instanceof Uint8Array) bytes += Buffer.byteLength(chunk);
  };
  const { write, end } = response;
  response.write = (...given: unknown[]) => {
    count(given[0]);
    return Reflect.apply(write, response, given);
  };
  response.end = (...given: unknown[]) => {
    count(given[0]);
    return Reflect.apply(end, response, given);
  };
  return () => bytes;
}
