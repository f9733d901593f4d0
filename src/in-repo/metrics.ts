// Figures of the cache, by Prow's names.
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Watcher } from "../lib/kept/remembered.ts";
import { refOfScope } from "../model/github.ts";

const labelNames = ["org", "repo"];

export interface InRepoMetrics {
  /** For a cache whose keys begin with `org/repo` and a space. */
  watcher: Watcher;
  seconds: Histogram;
}

export function inRepoMetrics(registry: Registry): InRepoMetrics {
  const registers = [registry];
  const counter = (what: string, help: string) =>
    new Counter({ name: `inRepoConfigCache_${what}`, help, labelNames, registers });
  const lookups = counter("lookups", "Count of cache lookups by org and repo.");
  const hits = counter("hits", "Count of cache lookup hits by org and repo.");
  const misses = counter("misses", "Count of cache lookup misses by org and repo.");
  const forced = counter(
    "evictions_forced",
    "Count of forced cache evictions (due to LRU algorithm) by org and repo.",
  );
  const manual = counter(
    "evictions_manual",
    "Count of manual cache evictions (due to faulty value construction) by org and repo.",
  );
  const usage = new Gauge({
    name: "inRepoConfigCache_cache_usage_size",
    help: "Size of the cache (how many entries it is holding) by org and repo.",
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    name: "inRepoConfigCache_GetProwYAML_duration",
    help: "Histogram of seconds spent retrieving the ProwYAML (inrepoconfig), by org and repo.",
    labelNames,
    buckets: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600],
    registers,
  });
  return {
    seconds,
    watcher: {
      hit(key) {
        lookups.inc(labelsOf(key));
        hits.inc(labelsOf(key));
      },
      miss(key) {
        lookups.inc(labelsOf(key));
        misses.inc(labelsOf(key));
        usage.inc(labelsOf(key));
      },
      evicted(key, failed) {
        (failed ? manual : forced).inc(labelsOf(key));
        usage.dec(labelsOf(key));
      },
    },
  };
}

const labelsOf = (key: string) => ({ ...refOfScope(key.split(" ", 1)[0] ?? "") });
