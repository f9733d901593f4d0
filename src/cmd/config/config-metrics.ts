// Metrics of the configuration: whether the files as they are can be used, how often they changed, and since when.
import { Counter, Gauge, type Registry } from "prom-client";
import type { ConfigStatus } from "../../config/status.ts";

/** Takes the status at the start, then after every change of the files. */
export function configMetrics(registry: Registry): (status: ConfigStatus) => void {
  const registers = [registry];
  const success = new Gauge({
    name: "cutwater_config_last_reload_success",
    help: "Whether the configuration as it is on disk is in force (1), or an earlier one is (0).",
    registers,
  });
  const reloads = new Counter({
    name: "cutwater_config_reloads_total",
    help: "Changes of the configuration's files, by whether they could be used.",
    labelNames: ["result"],
    registers,
  });
  const since = new Gauge({
    name: "cutwater_config_last_success_timestamp_seconds",
    help: "When the configuration in force was loaded.",
    registers,
  });
  for (const result of ["success", "failure"]) reloads.inc({ result }, 0);
  let started = false;
  return ({ config, plugins }) => {
    const halves = [config, ...(plugins ? [plugins] : [])];
    const current = halves.every((half) => half.current);
    success.set(current ? 1 : 0);
    since.set(Math.min(...halves.map(({ loaded }) => loaded.getTime())) / 1000);
    if (started) reloads.inc({ result: current ? "success" : "failure" });
    started = true;
  };
}
