// Tide's metrics, by Prow's names.
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { madeOnce } from "../lib/kept/made-once.ts";

export type TideMetrics = ReturnType<typeof tideMetrics>;

/** Once for a process, which may lead more than once. */
export const tideMetrics = madeOnce((registry: Registry) => {
  const registers = [registry];
  const pool = ["org", "repo", "branch"] as const;
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: pool, registers });
  return {
    pooledPRs: gauge("pooledprs", "Number of PRs in each Tide pool."),
    updateTime: gauge(
      "updatetime",
      "The last time each subpool was synced. (Used to determine 'pooledprs' freshness.)",
    ),
    merges: new Histogram({
      name: "merges",
      help: "Histogram of merges where values are the number of PRs merged together.",
      labelNames: pool,
      buckets: [1, 2, 3, 4, 5, 7, 10, 15, 25],
      registers,
    }),
    poolErrors: new Counter({
      name: "tidepoolerrors",
      help: "Count of Tide pool sync errors.",
      labelNames: pool,
      registers,
    }),
    queryResults: new Counter({
      name: "tidequeryresults",
      help: "Count of Tide queries by query index, org shard, and result (success/error).",
      labelNames: ["query_index", "org_shard", "result"] as const,
      registers,
    }),
    syncDuration: new Gauge({
      name: "syncdur",
      help: "The duration of the last loop of the sync controller.",
      registers,
    }),
    statusUpdateDuration: new Gauge({
      name: "statusupdatedur",
      help: "The duration of the last loop of the status update controller.",
      registers,
    }),
    syncHeartbeat: new Counter({
      name: "tidesyncheartbeat",
      help: "Count of Tide syncs per controller.",
      labelNames: ["controller"] as const,
      registers,
    }),
    retests: new Counter({
      name: "tide_retests_total",
      help: "Total number of test retriggers by org, repo, branch, and action. Incremented when Tide triggers tests for PRs that need retesting. Action is either TRIGGER (serial) or TRIGGER_BATCH (batch).",
      labelNames: [...pool, "action"] as const,
      registers,
    }),
    missing: gauge(
      "tide_pool_missing_prs",
      "Number of PRs with missing or failed tests in each pool. High values indicate testing bottlenecks.",
    ),
    pending: gauge("tide_pool_pending_prs", "Number of PRs with pending tests in each pool."),
    successful: gauge("tide_pool_successful_prs", "Number of PRs with all tests passing in each pool."),
    batchPending: gauge("tide_pool_batch_pending_prs", "Number of PRs in a pending batch test in each pool."),
  };
});
