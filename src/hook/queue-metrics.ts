// Metrics of hook's queues, to raise an alarm by: what is dead, and how long the oldest item has been waiting.
import { Counter, Gauge, type Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Queue } from "../queue/port.ts";

type Queues = Readonly<Record<string, Pick<Queue, "state">>>;

/** Asked for when somebody looks; a queue that does not answer has no figures then. */
export function queueMetrics(registry: Registry, queues: Queues, clock: Pick<Clock, "now">): void {
  // Each figure waits for the one look at all of them.
  let looking: Promise<void> | undefined;
  const collect = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const of = (name: string, help: string) => ({
    ...{ name: `cutwater_queue_${name}`, help, labelNames: ["queue"], registers: [registry], collect },
  });
  const waiting = new Gauge(of("waiting", "Deliveries neither done nor dead."));
  const dead = new Gauge(of("dead_letters", "Deliveries that failed too often, or for good."));
  const dropped = new Counter(
    of("dead_letters_dropped_total", "Dead letters that are gone, since later ones took their room."),
  );
  const oldest = new Gauge(of("oldest_waiting_seconds", "How long the oldest delivery has been waiting."));

  const ofRedis = (name: string, help: string) => ({
    ...{ name: `cutwater_redis_${name}_memory_bytes`, help, labelNames: [], registers: [registry], collect },
  });
  const used = new Gauge(ofRedis("used", "What all takes that the Redis of hook's queue holds."));
  const max = new Gauge(
    ofRedis("max", "maxmemory of the Redis of hook's queue, which refuses what is beyond."),
  );

  async function look(): Promise<void> {
    for (const one of [used, max]) one.remove({});
    for (const [queue, { state }] of Object.entries(queues)) {
      const told = await state().catch(() => undefined);
      for (const one of [waiting, dead, dropped, oldest]) one.remove({ queue });
      if (!told) continue;
      waiting.set({ queue }, told.waiting);
      dead.set({ queue }, told.dead);
      dropped.inc({ queue }, told.dropped ?? 0);
      const since = told.oldest === undefined ? undefined : Date.parse(told.oldest);
      oldest.set({ queue }, since === undefined ? 0 : Math.max(0, clock.now().getTime() - since) / 1000);
      if (told.memory) used.set(told.memory.used);
      if (told.memory?.max) max.set(told.memory.max);
    }
  }
}
