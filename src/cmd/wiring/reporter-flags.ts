// How much of crier is at work, by flags, for whoever has a crier in it.
import type { Config } from "../../config/config.ts";
import { float, int, UsageError } from "../../lib/flags.ts";

export const reporterFlags = {
  "github-workers": int(0, "Reports to GitHub made side by side; 0 turns the reporter off."),
  "blob-storage-workers": int(0, "Reports to object storage made side by side; 0 turns the reporter off."),
  "slack-workers": int(0, "Reports to Slack made side by side; 0 turns the reporter off."),
  "pubsub-workers": int(0, "Reports to Pub/Sub made side by side; 0 turns the reporter off."),
  "kubernetes-blob-storage-workers": int(
    0,
    "Reports of pods (podinfo.json) to object storage made side by side for each build cluster; 0 turns the reporter off.",
  ),
  "kubernetes-report-fraction": float(1, "The part of all jobs whose pods are reported: 0 none, 1 all."),
};

/** Throws UsageError when Slack is to be written to and no configuration says where. */
export function checkSlack(workers: number, config: Pick<Config, "slack_reporter_configs">): void {
  if (workers > 0 && Object.keys(config.slack_reporter_configs).length === 0) {
    throw new UsageError(
      "slackreporter is enabled but has no config: set slack_reporter_configs in config.yaml",
    );
  }
}

/** Throws UsageError when it is no part of all jobs. */
export function checkFraction(fraction: number): void {
  if (!(fraction >= 0 && fraction <= 1))
    throw new UsageError("--kubernetes-report-fraction must be a float between 0 and 1");
}
