// Prometheus metrics of hook, by Prow's names.
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { fewValues } from "../lib/few-values.ts";
import { madeOnce } from "../lib/kept/made-once.ts";
import { type ConfigMap, configMapBytes } from "../model/config-map.ts";

export interface HookMetrics {
  webhooks: Counter<"event_type">;
  responses: Counter<"response_code">;
  pluginSeconds: Histogram<"event_type" | "action" | "plugin" | "took_action">;
  pluginErrors: Counter<"event_type" | "action" | "plugin" | "took_action">;
  /** Values for the labels of these names: an event's name is not signed, and an action is whatever a payload says. */
  label: { event: (name: string) => string; action: (name: string) => string };
}

/** GitHub has some 70 events and 150 actions. */
const MOST_EVENTS = 150;
const MOST_ACTIONS = 400;

/** The same ones for the same registry: the gateway and the worker count in one place. */
export const hookMetrics = madeOnce((registry: Registry): HookMetrics => {
  const registers = [registry];
  return {
    label: { event: fewValues(MOST_EVENTS), action: fewValues(MOST_ACTIONS) },
    webhooks: new Counter({
      name: "prow_webhook_counter",
      help: "A counter of the webhooks made to prow.",
      labelNames: ["event_type"],
      registers,
    }),
    responses: new Counter({
      name: "prow_webhook_response_codes",
      help: "A counter of the different responses hook has responded to webhooks with.",
      labelNames: ["response_code"],
      registers,
    }),
    pluginSeconds: new Histogram({
      name: "prow_plugin_handle_duration_seconds",
      help: "How long Prow took to handle an event by plugin, event type and action.",
      labelNames: ["event_type", "action", "plugin", "took_action"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640],
      registers,
    }),
    pluginErrors: new Counter({
      name: "prow_plugin_handle_errors",
      help: "Prow errors handling an event by plugin, event type and action.",
      labelNames: ["event_type", "action", "plugin", "took_action"],
      registers,
    }),
  };
});

const sizes = madeOnce(
  (registry: Registry) =>
    new Gauge({
      name: "prow_configmap_size_bytes",
      help: "Size of data fields in ConfigMaps updated automatically by Prow in bytes.",
      labelNames: ["name", "namespace"],
      registers: [registry],
    }),
);

/** For the applier: how much is in the ConfigMaps that config-updater keeps. */
export function configMapSizes(registry: Registry): (configMap: ConfigMap) => void {
  const gauge = sizes(registry);
  return (configMap) => {
    const { name, namespace = "" } = configMap.metadata;
    gauge.set({ name, namespace }, configMapBytes(configMap));
  };
}
