// Metrics of the sweep. Prow has none: it does not sweep.
import { Counter, Gauge, type Registry } from "prom-client";
import { madeOnce } from "../lib/kept/made-once.ts";

export interface SweepMetrics {
  lastSuccess: Gauge;
  redeliveries: Counter;
  failures: Counter;
  missing: Gauge<"hook">;
}

export const sweepMetrics = madeOnce((registry: Registry): SweepMetrics => {
  const registers = [registry];
  return {
    lastSuccess: new Gauge({
      name: "cutwater_webhook_sweep_last_success_timestamp_seconds",
      help: "When GitHub's logs of deliveries were last swept whole, by the replica that sweeps; 0 on the others.",
      registers,
    }),
    redeliveries: new Counter({
      name: "cutwater_webhook_redeliveries_total",
      help: "Deliveries that GitHub was asked to make again.",
      registers,
    }),
    failures: new Counter({
      name: "cutwater_webhook_sweep_failures_total",
      help: "Requests of the sweep that failed.",
      registers,
    }),
    missing: new Gauge({
      name: "cutwater_webhook_deliveries_missing",
      help: "Deliveries that GitHub could not hand over and that have not come since.",
      labelNames: ["hook"],
      registers,
    }),
  };
});
