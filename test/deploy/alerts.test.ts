// The alerts of components/prometheus ask for metrics that there are, and docs/deploy.md tells of each.
import { readFile } from "node:fs/promises";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { configMetrics } from "../../src/cmd/config/config-metrics.ts";
import { watchEventLoop } from "../../src/cmd/process/event-loop.ts";
import { hookMetrics } from "../../src/hook/metrics.ts";
import { queueMetrics } from "../../src/hook/queue-metrics.ts";
import { sweepMetrics } from "../../src/hook/sweep-metrics.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openRecord } from "../../src/record/open.ts";
import { type Manifest, ofKind, root, workloads } from "./manifests.ts";

interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string };
}

const rules = ofKind<Manifest & { spec: { groups: { rules: Alert[] }[] } }>("PrometheusRule");
const alerts = rules.flatMap(({ spec }) => spec.groups).flatMap((group) => group.rules);

async function known(): Promise<Map<string, string[]>> {
  const metrics = new Registry();
  hookMetrics(metrics);
  sweepMetrics(metrics);
  queueMetrics(metrics, {}, systemClock);
  configMetrics(metrics);
  watchEventLoop(metrics, silent)();
  await (
    await openRecord({ url: "sqlite::memory:", keepMs: 1, clock: systemClock, log: silent, metrics })
  ).close();
  const told = await metrics.getMetricsAsJSON();
  return new Map(told.map(({ name }) => [name, labelsOf(metrics, name)]));
}

const labelsOf = (metrics: Registry, name: string): string[] =>
  (metrics.getSingleMetric(name) as object as { labelNames: string[] }).labelNames;

describe.each(alerts.map((each) => [each.alert, each] as const))("%s", (name, alert) => {
  test("is about metrics and labels that there are", async () => {
    const metrics = await known();
    const asked = alert.expr.match(/\b(cutwater|prow)_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((each) => !metrics.has(each))).toEqual([]);
    const labels = new Set(["namespace", "job", "pod", ...asked.flatMap((each) => metrics.get(each)!)]);
    const by = /by \(([^)]*)\)/.exec(alert.expr)?.[1]?.split(", ") ?? [];
    const selected = [...alert.expr.matchAll(/[{,](\w+)=~?"/g)].map(([, label]) => label!);
    expect([...by, ...selected].filter((label) => !labels.has(label))).toEqual([]);
    const spoken = [...alert.annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
    if (by.length > 0) expect(spoken.filter((label) => !by.includes(label))).toEqual([]);
  });

  test("waits before it sounds, has a severity, and stands in the guide", async () => {
    expect(alert.for).toMatch(/^\d+[mh]$/);
    expect(["critical", "warning", "info"]).toContain(alert.labels.severity);
    const guide = await readFile(`${root}/docs/deploy.md`, "utf8");
    expect(guide).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${alert.labels.severity}`, "m"));
  });
});

test("what is scraped is named as Prow's dashboards name it", () => {
  const [monitor] = ofKind<Manifest & { spec: Monitor }>("PodMonitor");
  const [endpoint] = monitor!.spec.podMetricsEndpoints;
  const scraped = workloads.filter(({ spec }) =>
    spec.template.spec.containers.some(({ ports }) => ports.some(({ name }) => name === endpoint!.port)),
  );
  const jobs = scraped.map(({ spec }) => {
    const labels = new Map([
      [
        "__meta_kubernetes_pod_label_app_kubernetes_io_component",
        spec.template.metadata.labels["app.kubernetes.io/component"]!,
      ],
    ]);
    for (const { sourceLabels, regex = "(.*)", targetLabel, replacement = "$1" } of endpoint!.relabelings) {
      const value = sourceLabels.map((label) => labels.get(label) ?? "").join(";");
      const found = new RegExp(`^(?:${regex})$`).exec(value);
      if (found) labels.set(targetLabel, replacement.replace("$1", found[1] ?? ""));
    }
    return labels.get("job");
  });
  expect([...new Set(jobs)].sort()).toEqual([
    ...["cherrypicker", "crier", "deck", "ghproxy", "hook", "horologium", "needs-rebase"],
    ...["prow-controller-manager", "refresh", "sinker", "tide", "tot"],
  ]);
});

interface Monitor {
  podMetricsEndpoints: {
    port: string;
    relabelings: { sourceLabels: string[]; regex?: string; targetLabel: string; replacement?: string }[];
  }[];
}
