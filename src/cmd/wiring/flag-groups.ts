// Flags that several components share, by Prow's names and defaults.
import { bool, duration, float, int, string, strings } from "../../lib/flags.ts";
import { publishedFlags } from "./github-rates.ts";

export const configFlags = {
  "config-path": string("", "Path to config.yaml."),
  "job-config-path": string("", "Path to the job configuration: a file or a tree of files."),
  "supplemental-prow-config-dir": strings([], "Directory with more of config.yaml; may be repeated."),
  "supplemental-prow-configs-filename-suffix": string("_prowconfig.yaml", "How the names of such files end."),
  "supplemental-prow-configs-filename": string("_prowconfig.yaml", "The same, by its old name."),
};

export const pluginSupplementFlags = {
  "supplemental-plugin-config-dir": strings([], "Directory with more of plugins.yaml; may be repeated."),
  "supplemental-plugin-configs-filename-suffix": string("_pluginconfig.yaml", "How their names end."),
};

export const pluginFlags = {
  "plugin-config": string("/etc/plugins/plugins.yaml", "Path to plugins.yaml."),
  ...pluginSupplementFlags,
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
  "github-client.backoff-timeout": duration(
    "2m0s",
    "A limit that asks for a longer pause than this is an error.",
  ),
  "github-client.request-timeout": duration("2m0s", "Longest time for one request."),
  "github-share": string(
    "",
    "redis://…, where all components that sign in as this bot share GitHub's budget, answers and, sealed, tokens; hook's is its --queue.",
  ),
  "github-share-password-file": string("", "File with the password of that Redis."),
  ...publishedFlags,
};

export const kubeFlags = {
  kubeconfig: string("", "Path to a kubeconfig; its contexts are the build clusters."),
  "kubeconfig-dir": string("", "Directory of kubeconfigs."),
  "kubeconfig-suffix": string("", "Only files of kubeconfig-dir with this suffix."),
  "no-in-cluster-config": bool(false, "Do not use the pod's own service account."),
  "projected-token-file": string("", "Token to use in the cluster instead of the service account's own."),
  "kube-client-qps": float(1000, "Requests a second to each cluster; 0: as many as its API server lets."),
  "kube-client-burst": int(2000, "How many requests may go out at once after a quiet time."),
};

export const storageFlags = {
  storage: string(
    "",
    "Directory to use as object storage instead of the cloud: gs://bucket/key is DIR/bucket/key.",
  ),
  "gcs-credentials-file": string("", "File with credentials for Google Cloud Storage."),
  "s3-credentials-file": string(
    "",
    "JSON with region, endpoint and keys for S3; without it the role of the machine.",
  ),
};

export const instrumentationFlags = {
  "health-port": int(8081, "Port of /healthz and /healthz/ready."),
  "metrics-port": int(9090, "Port of /metrics."),
};

export const dryRunFlag = {
  "dry-run": bool(true, "Print what would be done instead of doing it."),
};

/** For the components that need the jobs that repositories keep themselves. */
export const inRepoFlags = {
  "in-repo-config-cache-size": int(200, "Repositories at a commit whose own configuration is kept."),
};

export const cacheFlag = {
  "cache-dir-base": string(
    "",
    "Directory for copies of repositories, by default the data directory, and of decoded configuration.",
  ),
};

export const messageFlags = {
  "slack-token-file": string(
    "",
    "File with the token of the Slack workspace that configuration does not name.",
  ),
  "additional-slack-token-files": strings(
    [],
    "host=file with the token of another workspace; may be repeated.",
  ),
};

export const repoFlags = {
  "github-enabled-org": strings([], "Only these organisations."),
  "github-enabled-repo": strings([], "Only these repositories, org/repo."),
  "github-disabled-org": strings([], "Not these organisations."),
  "github-disabled-repo": strings([], "Not these repositories, org/repo."),
};

export const dataFlag = {
  data: string(".cutwater", "Directory for state that survives a restart."),
};
