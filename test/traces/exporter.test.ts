// Spans reach a collector in OTLP's JSON; a collector that is slow, full or gone holds nobody up.
import { afterEach, beforeEach, expect, it } from "vitest";
import { silent } from "../../src/lib/logger.ts";
import { exporter } from "../../src/traces/exporter.ts";
import { traceSettings } from "../../src/traces/settings.ts";
import { tracer } from "../../src/traces/tracer.ts";
import { manualClock } from "../lib/manual-clock.ts";
import { collector } from "./collector.ts";

let at: Awaited<ReturnType<typeof collector>>;
beforeEach(async () => {
  at = await collector();
});
afterEach(() => at.close());

function world(env: Record<string, string> = {}) {
  const settings = traceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: at.url, ...env })!;
  const clock = manualClock();
  const state = { dropped: 0 };
  const lines: string[] = [];
  const out = exporter({
    ...{ settings, version: "1.2.3", web: fetch, clock, random: () => 0.5 },
    log: { ...silent, warn: (_, text) => void lines.push(text) },
    onDropped: (spans) => {
      state.dropped += spans;
    },
  });
  const { sampler, serviceName } = settings;
  const spans = tracer({
    exporter: out,
    sampler,
    serviceName,
    now: () => 1_767_323_045_123.5,
    random: Math.random,
  });
  return { clock, out, spans, state, lines };
}

it("sends what is waiting when it is closed, as the protocol has it", async () => {
  const { out, spans } = world({ OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b" });
  const root = spans.start({
    name: "delivery push",
    kind: "consumer",
    seed: "g1",
    component: "hook",
    at: 1_767_323_045_000,
  });
  const child = spans.start({
    ...{ name: "GitHub POST", kind: "client", parent: root.context, component: "hook" },
    attributes: { pr: 7, sampled: true, share: 0.5, absent: undefined },
  });
  child.end(new Error("HTTP 502"));
  root.end();
  await out.close();
  expect(at.faults).toEqual([]);
  expect(at.requests).toMatchObject([
    { url: "/v1/traces", headers: { "content-type": "application/json", "x-tenant": "a b" } },
  ]);
  const [sent, parent] = at.spans;
  expect(sent).toMatchObject({
    ...{
      traceId: parent?.traceId,
      parentSpanId: parent?.spanId,
      name: "GitHub POST",
      kind: 3,
      service: "hook",
    },
    status: { code: 2, message: "HTTP 502" },
    attributes: [
      { key: "pr", value: { intValue: "7" } },
      { key: "sampled", value: { boolValue: true } },
      { key: "share", value: { doubleValue: 0.5 } },
    ],
  });
  expect(parent).toMatchObject({
    ...{ startTimeUnixNano: "1767323045000000000", endTimeUnixNano: "1767323045123500000" },
    status: {},
  });
  expect(parent).not.toHaveProperty("parentSpanId");
});

it("shows each component as a service, unless one name is asked for", async () => {
  const both = ["hook", "tide"];
  for (const name of ["", "ci"]) {
    const { out, spans } = world({ OTEL_SERVICE_NAME: name });
    for (const component of both) spans.start({ name: "x", seed: component, component }).end();
    await out.close();
  }
  expect(at.spans.map(({ service }) => service)).toEqual(["hook", "tide", "ci", "ci"]);
});

it("asks a collector again that is too busy, and gives up on one that refuses", async () => {
  const { out, spans, state } = world();
  at.refusals.push(503);
  spans.start({ name: "kept", seed: "a" }).end();
  await out.close();
  expect([at.spans.length, state.dropped]).toEqual([0, 1]); // closing does not wait
  const again = world({ OTEL_BSP_SCHEDULE_DELAY: "0" });
  at.refusals.push(503, 429);
  again.spans.start({ name: "kept", seed: "a" }).end();
  while (at.spans.length === 0) await again.clock.advance(10_000);
  expect([at.spans.map(({ name }) => name), again.state.dropped]).toEqual([["kept"], 0]);
  at.refusals.push(400);
  again.spans.start({ name: "refused", seed: "b" }).end();
  while (again.state.dropped === 0) await again.clock.advance(10_000);
  expect(again.lines).toEqual(["Spans cannot be sent to the collector; work goes on."]);
});

it("lets only so many wait, and counts the others", async () => {
  const { out, spans, state } = world({ OTEL_BSP_MAX_QUEUE_SIZE: "10" });
  for (let n = 0; n < 25; n++) spans.start({ name: "x", seed: `${n}` }).end();
  expect(state.dropped).toBe(15);
  await out.close();
  expect(at.spans).toHaveLength(10);
});

it("makes no span of a trace that is not sampled, nor of its children", async () => {
  const { out, spans } = world({
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.5",
  });
  for (let n = 0; n < 200; n++) {
    const root = spans.start({ name: "root", seed: `${n}` });
    spans.start({ name: "child", parent: root.context }).end();
    root.end();
  }
  await out.close();
  const roots = at.spans.filter(({ name }) => name === "root");
  expect(roots.length).toBeGreaterThan(60);
  expect(roots.length).toBeLessThan(140);
  expect(at.spans).toHaveLength(2 * roots.length);
});
