// Metrics of hook's queues, to raise an alarm by: what is dead, and how long the oldest item has been waiting.
import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Queue } from "../queue/port.ts";

type Queues = Readonly<Record<string, Pick<Queue, "state">>>;

/** Asked for when somebody looks; a queue that does not answer has no figures then. */
export function queueMetrics(registry: Registry, queues: Queues, clock: Pick<Clock, "now">): void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ["queue"], registers: [registry] });
  const dead = gauge("cutwater_queue_dead_letters", "Deliveries that failed too often, or for good.");
  const oldest = gauge(
    "cutwater_queue_oldest_waiting_seconds",
    "How long the oldest delivery has been waiting.",
  );
  new Gauge({
    name: "cutwater_queue_waiting",
    help: "Deliveries neither done nor dead.",
    labelNames: ["queue"],
    registers: [registry],
    async collect() {
      for (const [queue, { state }] of Object.entries(queues)) {
        const told = await state().catch(() => undefined);
        for (const one of [this, dead, oldest]) one.remove({ queue });
        if (!told) continue;
        this.set({ queue }, told.waiting);
        dead.set({ queue }, told.dead);
        const since = told.oldest === undefined ? undefined : Date.parse(told.oldest);
        oldest.set({ queue }, since === undefined ? 0 : Math.max(0, clock.now().getTime() - since) / 1000);
      }
    },
  });
}
