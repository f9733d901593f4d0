// Flags that several components share, by Prow's names and defaults.
import { bool, duration, float, int, string, strings } from "../lib/flags.ts";

export const configFlags = {
  "config-path": string("", "Path to config.yaml."),
  "job-config-path": string("", "Path to the job configuration: a file or a tree of files."),
};

export const pluginFlags = {
  "plugin-config": string("/etc/plugins/plugins.yaml", "Path to plugins.yaml."),
};

export const githubFlags = {
  "github-endpoint": strings(["https://api.github.com"], "GitHub's API; may be repeated, tried in order."),
  "github-graphql-endpoint": string("https://api.github.com/graphql", "GitHub's GraphQL API."),
  "github-host": string("github.com", "Host of the web pages and of git."),
  "github-token-path": string("", "File with a token."),
  "github-app-id": string("", "ID of the GitHub App."),
  "github-app-private-key-path": string("", "File with the App's private key (PEM)."),
  "github-client.initial-delay": duration("2s", "First pause before a failed request is repeated."),
  "github-client.max-retries": int(8, "How often a failed request is repeated."),
  "github-hourly-tokens": int(0, "Requests an hour that this component may spend; 0 is no limit of our own."),
  "github-allowed-burst": int(0, "Requests that may be spent at once under github-hourly-tokens."),
};

export const kubeFlags = {
  kubeconfig: string("", "Path to a kubeconfig; its contexts are the build clusters."),
  "kubeconfig-dir": string("", "Directory of kubeconfigs."),
  "kubeconfig-suffix": string("", "Only files of kubeconfig-dir with this suffix."),
  "no-in-cluster-config": bool(false, "Do not use the pod's own service account."),
};

export const storageFlags = {
  storage: string(
    "",
    "Directory to use as object storage instead of the cloud: gs://bucket/key is DIR/bucket/key.",
  ),
  "gcs-credentials-file": string("", "File with credentials for Google Cloud Storage."),
};

export const instrumentationFlags = {
  "health-port": int(8081, "Port of /healthz and /healthz/ready."),
  "metrics-port": int(9090, "Port of /metrics."),
  "pprof-port": int(6060, "Accepted as Prow has it; Node is profiled with --inspect."),
};

export const dryRunFlag = {
  "dry-run": bool(true, "Print what would be done instead of doing it."),
};

/** As Prow has them in every component; those that need jobs of repositories read them. */
export const inRepoFlags = {
  "in-repo-config-cache-size": int(200, "Repositories at a commit whose own configuration is kept."),
  "cache-dir-base": string("", "Directory for copies of repositories; default is the data directory."),
  "moonraker-address": string("", "Accepted as Prow has it: in-repo config is read without Moonraker."),
};

/** Budgets that Prow's tide takes; ours obeys the limits that GitHub's answers state. */
export const tideBudgetFlags = {
  "sync-hourly-tokens": int(800, "Accepted as Prow has it."),
  "status-hourly-tokens": int(400, "Accepted as Prow has it."),
};

export const reporterFlags = {
  "github-workers": int(0, "Reports to GitHub made side by side; 0 turns the reporter off."),
  "blob-storage-workers": int(0, "Reports to object storage made side by side; 0 turns the reporter off."),
  "kubernetes-report-fraction": float(1, "Accepted as Prow has it."),
};

export const dataFlag = {
  data: string(".cutwater", "Directory for state that survives a restart."),
};
