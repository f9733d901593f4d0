// Defaults of the main configuration, Prow's own.
import { compareText } from "../lib/compare-text.ts";
import type { Config, Defaults, RawConfig } from "./config.ts";
import { dedupeQueries } from "./tide-queries.ts";

type Jobs = Pick<Defaults, "presubmits" | "postsubmits" | "periodics">;

const MINUTE = "1m0s";

/** The configuration with every default in it; `jobs` are finished already. */
export function withDefaults(raw: RawConfig, jobs: Jobs): Config {
  return Object.freeze({
    ...raw,
    ...jobs,
    plank: plank(raw.plank ?? {}),
    tide: tide(raw),
    sinker: sinker(raw.sinker ?? {}),
    deck: deck(raw.deck ?? {}),
    horologium: { ...raw.horologium, tick_interval: raw.horologium?.tick_interval ?? MINUTE },
    github_reporter: {
      ...raw.github_reporter,
      job_types_to_report: raw.github_reporter?.job_types_to_report?.length
        ? raw.github_reporter.job_types_to_report
        : ["presubmit", "postsubmit"],
    },
    slack_reporter_configs: slack(raw.slack_reporter_configs ?? {}),
    in_repo_config: {
      ...raw.in_repo_config,
      allowed_clusters: { "*": ["default"], ...raw.in_repo_config?.allowed_clusters },
    },
    "branch-protection": raw["branch-protection"] ?? {},
    github: { link_url: raw.github?.link_url || "https://github.com" },
    push_gateway: { ...raw.push_gateway, interval: raw.push_gateway?.interval ?? MINUTE },
    moonraker: { client_timeout: raw.moonraker?.client_timeout ?? "10m0s" },
    prowjob_namespace: raw.prowjob_namespace || "default",
    pod_namespace: raw.pod_namespace || "default",
    log_level: raw.log_level || "info",
    status_error_link: raw.status_error_link || "https://github.com/kubernetes/test-infra/issues",
    default_job_timeout: raw.default_job_timeout ?? "24h0m0s",
    disabled_clusters: raw.disabled_clusters ?? [],
  } satisfies Config);
}

function plank(raw: NonNullable<RawConfig["plank"]>): Defaults["plank"] {
  return {
    ...raw,
    pod_pending_timeout: raw.pod_pending_timeout ?? "10m0s",
    pod_running_timeout: raw.pod_running_timeout ?? "48h0m0s",
    pod_unscheduled_timeout: raw.pod_unscheduled_timeout ?? "5m0s",
    max_revivals: raw.max_revivals ?? 3,
    max_goroutines: raw.max_goroutines || 20,
    job_url_prefix_config: raw.job_url_prefix_config ?? {},
    ...(raw.report_template && { report_templates: { "*": raw.report_template } }),
  };
}

function tide(config: RawConfig): Defaults["tide"] {
  const raw = config.tide ?? {};
  const syncPeriod = raw.sync_period ?? MINUTE;
  return {
    ...raw,
    sync_period: syncPeriod,
    status_update_period: raw.status_update_period ?? syncPeriod,
    max_goroutines: raw.max_goroutines || 20,
    queries: dedupeQueries(raw.queries ?? [], config),
    target_urls: { ...raw.target_urls, ...(raw.target_url && { "*": raw.target_url }) },
    pr_status_base_urls: {
      ...raw.pr_status_base_urls,
      ...(raw.pr_status_base_url && { "*": raw.pr_status_base_url }),
    },
  };
}

function sinker(raw: NonNullable<RawConfig["sinker"]>): Defaults["sinker"] {
  const maxPodAge = raw.max_pod_age ?? "24h0m0s";
  return {
    ...raw,
    resync_period: raw.resync_period ?? "1h0m0s",
    max_prowjob_age: raw.max_prowjob_age ?? "168h0m0s",
    max_pod_age: maxPodAge,
    terminated_pod_ttl: raw.terminated_pod_ttl ?? maxPodAge,
  };
}

const OLD_VIEWERS: Readonly<Record<string, string>> = {
  "build-log-viewer": "buildlog",
  "metadata-viewer": "metadata",
  "junit-viewer": "junit",
};

function deck(raw: NonNullable<RawConfig["deck"]>): Defaults["deck"] {
  const spyglass = raw.spyglass ?? {};
  const prefixes = (map?: Record<string, string>) => ({ "*": spyglass.gcs_browser_prefix ?? "", ...map });
  const old = Object.entries(spyglass.viewers ?? {}).flatMap(([file, names]) =>
    names.map((name) => ({ required_files: [file], lens: { name: OLD_VIEWERS[name] ?? name } })),
  );
  old.sort((a, b) => compareText(a.lens.name, b.lens.name));
  return {
    ...raw,
    tide_update_period: raw.tide_update_period ?? "10s",
    spyglass: {
      ...spyglass,
      lenses: [...(spyglass.lenses ?? []), ...old],
      size_limit: spyglass.size_limit || 100e6,
      gcs_browser_prefixes: prefixes(spyglass.gcs_browser_prefixes),
      gcs_browser_prefixes_by_bucket: prefixes(spyglass.gcs_browser_prefixes_by_bucket),
      bucket_aliases: spyglass.bucket_aliases ?? {},
    },
  };
}

/** The text that Slack gets when nothing else is said. */
export const SLACK_TEMPLATE =
  "Job {{.Spec.Job}} of type {{.Spec.Type}} ended with state {{.Status.State}}. <{{.Status.URL}}|View logs>";

const slack = (raw: Defaults["slack_reporter_configs"]): Defaults["slack_reporter_configs"] =>
  Object.fromEntries(
    Object.entries(raw).map(([key, one]) => [
      key,
      { ...one, report_template: one.report_template || SLACK_TEMPLATE },
    ]),
  );
