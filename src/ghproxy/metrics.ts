// What ghproxy counts, by Prow's names.
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { gitHubMetrics } from "../github/metrics.ts";
import { fewValues } from "../lib/few-values.ts";

/** Of tokens, agents and routes: each has some 20 series for as long as the process runs. */
const MOST_COMBINATIONS = 2_000;

export type ProxyMetrics = ReturnType<typeof proxyMetrics>;

export function proxyMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const partitions = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ["token_hash"], registers });
  const told = fewValues(MOST_COMBINATIONS, /^[ -~]{1,300}$/);
  return {
    ...gitHubMetrics(registry),
    /** Labels whose values clients choose: the first so many combinations, and then each is `other`. */
    few<T extends string>(labels: Record<T, string>): Record<T, string> {
      if (told(JSON.stringify(labels)) !== "other") return labels;
      return Object.fromEntries(Object.keys(labels).map((name) => [name, "other"])) as Record<T, string>;
    },
    underWay: gauge(
      "concurrent_outbound_requests",
      "How many concurrent requests are in flight to GitHub servers.",
    ),
    pending: gauge(
      "pending_outbound_requests",
      "How many pending requests are waiting to be sent to GitHub servers.",
    ),
    partitions: partitions("ghcache_cache_partitions", "Which cache partitions exist."),
    /** As Prow spelt it first. */
    misspelt: partitions(
      "ghcache_cache_parititions",
      "Which cache partitions exist (deprecated: use ghcache_cache_partitions instead).",
    ),
    age: new Histogram({
      name: "ghcache_cache_entry_age_seconds",
      help: "The age of cache entries by API path.",
      labelNames: ["token_hash", "path", "user_agent"],
      buckets: [5, 900, 1800, 3600, 7200, 14400],
      registers,
    }),
  };
}

export function diskMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `ghcache_disk_${name}`, help, registers });
  return {
    free: gauge("free", "Free gb on github-cache disk."),
    used: gauge("used", "Used gb on github-cache disk."),
    total: gauge("total", "Total gb on github-cache disk."),
    inodeFree: gauge("inode_free", "Free inodes on github-cache disk."),
    inodeUsed: gauge("inode_used", "Used inodes on github-cache disk."),
    inodeTotal: gauge("inode_total", "Total inodes on github-cache disk."),
  };
}
