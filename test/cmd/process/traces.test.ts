// A platform's variables for traces do not keep a component from its work.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { Host } from "../../../src/cmd/command.ts";
import { tracesFrom } from "../../../src/cmd/process/traces.ts";
import { silent } from "../../../src/lib/logger.ts";

test.each([
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "port 4318"],
  ["OTEL_TRACES_EXPORTER", "zipkin", "by otlp only"],
  ["OTEL_RESOURCE_ATTRIBUTES", "load=90%", "a % that escapes nothing"],
])("%s=%s is told, and there are no traces", async (name, value, words) => {
  const told: unknown[] = [];
  const log = { ...silent, error: (...line: unknown[]) => void told.push(line) };
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318", [name]: value };
  const traces = tracesFrom({ host: { env } as unknown as Host, log, metrics: new Registry() });
  expect(traces.tracer).toBeUndefined();
  await traces.close();
  expect(told).toEqual([[{ error: expect.stringContaining(words) }, "No traces are sent; work goes on."]]);
});
