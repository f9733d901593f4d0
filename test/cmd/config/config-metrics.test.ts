import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { configMetrics } from "../../../src/cmd/config/config-metrics.ts";
import type { ConfigStatus } from "../../../src/config/status.ts";

test("metrics tell whether the configuration on disk is in force, since when, and how often it changed", async () => {
  const registry = new Registry();
  const tell = configMetrics(registry);
  const half = (current: boolean, seconds: number) => ({
    current,
    since: new Date(0),
    loaded: new Date(seconds * 1000),
    problems: [],
  });
  const told = async (status: ConfigStatus) => {
    tell(status);
    return (await registry.metrics()).split("\n").filter((line) => line.startsWith("cutwater_config"));
  };
  expect(await told({ config: half(true, 10) })).toEqual([
    "cutwater_config_last_reload_success 1",
    'cutwater_config_reloads_total{result="success"} 0',
    'cutwater_config_reloads_total{result="failure"} 0',
    "cutwater_config_last_success_timestamp_seconds 10",
  ]);
  expect(await told({ config: half(true, 20), plugins: half(false, 10) })).toEqual([
    "cutwater_config_last_reload_success 0",
    'cutwater_config_reloads_total{result="success"} 0',
    'cutwater_config_reloads_total{result="failure"} 1',
    "cutwater_config_last_success_timestamp_seconds 10",
  ]);
});
