// What /metrics says of hook's queues, and of the Redis that holds them.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { queueMetrics } from "../../src/hook/queue-metrics.ts";
import type { QueueState } from "../../src/queue/port.ts";

const NOW = new Date("2026-01-01T01:00:00Z");
const state: QueueState = { waiting: 2, dead: 1, since: "2026-01-01T00:00:00.000Z" };

function shown(webhooks: () => Promise<QueueState>): Promise<string> {
  const registry = new Registry();
  queueMetrics(registry, { webhooks: { state: webhooks } }, { now: () => NOW });
  return registry.metrics();
}

test("what waits, since when, what is dead, and the memory that it takes", async () => {
  const text = await shown(async () => ({
    ...state,
    oldest: "2026-01-01T00:30:00.000Z",
    memory: { used: 1_000, max: 64_000 },
  }));
  expect(text).toContain('cutwater_queue_waiting{queue="webhooks"} 2');
  expect(text).toContain('cutwater_queue_dead_letters{queue="webhooks"} 1');
  expect(text).toContain('cutwater_queue_oldest_waiting_seconds{queue="webhooks"} 1800');
  expect(text).toContain("cutwater_redis_used_memory_bytes 1000");
  expect(text).toContain("cutwater_redis_max_memory_bytes 64000");
});

test("there is no bound where none is set, and no figure at all of a queue that does not answer", async () => {
  expect(await shown(async () => ({ ...state, memory: { used: 1_000 } }))).not.toMatch(
    /^cutwater_redis_max/m,
  );
  const away = await shown(() => Promise.reject(new Error("away")));
  expect(away).not.toMatch(/^cutwater_(queue|redis)/m);
});
