// The main configuration file, in Prow's field names; `Config` is the same data after defaults.
import { type Duration, durationText } from "../lib/duration.ts";
import {
  any,
  boolean,
  type Infer,
  integer,
  likelyOneOf,
  list,
  map,
  object,
  oneOf,
  string,
} from "../lib/schema.ts";
import { decorationConfigSchema } from "../model/decoration-config.ts";
import { PROW_JOB_TYPES, prowJobDefaultSchema, slackReporterSchema } from "../model/prowjob.ts";
import { branchProtectionSchema } from "./branch-protection.ts";
import {
  controllerFields,
  gangwaySchema,
  jenkinsOperatorSchema,
  managedWebhooksSchema,
  pipelineSchema,
  pubsubTriggerSchema,
  schedulerSchema,
} from "./component-schemas.ts";
import { deckSchema } from "./deck-schema.ts";
import { gerritSchema } from "./gerrit-schema.ts";
import { githubReporterSchema } from "./github-reporter.ts";
import {
  type Periodic,
  type Postsubmit,
  type Presubmit,
  periodicSchema,
  postsubmitSchema,
  presetSchema,
  presubmitSchema,
} from "./job.ts";
import { tideSchema } from "./tide-schema.ts";

const plankSchema = object({
  ...controllerFields,
  pod_pending_timeout: durationText(),
  pod_running_timeout: durationText(),
  pod_unscheduled_timeout: durationText(),
  max_revivals: integer(),
  default_decoration_configs: map(decorationConfigSchema),
  default_decoration_config_entries: list(
    object({ repo: string(), cluster: string(), config: decorationConfigSchema }),
  ),
  job_url_prefix_config: map(string()),
  jobURLPrefixDisableAppendStorageProvider: boolean(),
  build_cluster_status_file: string(),
  job_queue_capacities: map(integer()),
  pod_security: map(
    oneOf(["restricted", "prow"]),
    "Cutwater's own, by build cluster or `*`: whether pods are made to pass the Pod Security Standard `restricted` (restricted) or have what Prow gives them (prow, the default).",
  ),
});

const jobTypes = list(likelyOneOf(PROW_JOB_TYPES));

const slackReporterConfigSchema = object({
  job_types_to_report: jobTypes,
  ...slackReporterSchema.fields,
});

/** Keys that a job file may hold; the main file may hold them too. */
export const jobConfigFields = {
  presets: list(presetSchema),
  presubmits: map(list(presubmitSchema)),
  postsubmits: map(list(postsubmitSchema)),
  periodics: list(periodicSchema),
  decorate_all_jobs: boolean(),
  prow_ignored: any("Free to use, e.g. for YAML anchors."),
};
export const jobConfigSchema = object(jobConfigFields);

const configFields = {
  ...jobConfigFields,
  config_version_sha: string(),
  tide: tideSchema,
  plank: plankSchema,
  pipeline: pipelineSchema,
  sinker: object({
    resync_period: durationText(),
    max_prowjob_age: durationText(),
    max_pod_age: durationText(),
    terminated_pod_ttl: durationText(),
    exclude_clusters: list(string()),
  }),
  deck: deckSchema,
  "branch-protection": branchProtectionSchema,
  gerrit: gerritSchema,
  github_reporter: githubReporterSchema,
  horologium: object({ tick_interval: durationText() }),
  slack_reporter_configs: map(slackReporterConfigSchema),
  in_repo_config: object({
    enabled: map(boolean()),
    allowed_clusters: map(list(string())),
    pod_policy: map(
      oneOf(["restricted", "prow"]),
      "Cutwater's own, by `*`, org or org/repo: whether a pull request may bring jobs with secrets or rights (prow) or not (restricted, the default).",
    ),
  }),
  gangway: gangwaySchema,
  moonraker: object({ client_timeout: durationText() }),
  scheduler: schedulerSchema,
  jenkins_operators: list(jenkinsOperatorSchema),
  prowjob_namespace: string("Where ProwJobs live; default is `default`."),
  pod_namespace: string("Where pods run; default is `default`."),
  log_level: string(),
  push_gateway: object({ endpoint: string(), interval: durationText(), serve_metrics: boolean() }),
  owners_dir_denylist: object({
    repos: map(list(string("A regex."))),
    default: list(string("A regex.")),
    ignore_preconfigured_defaults: boolean(),
  }),
  pubsub_subscriptions: map(list(string()), "Project to its subscriptions; the old form of pubsub_triggers."),
  pubsub_triggers: list(pubsubTriggerSchema),
  github: object({ link_url: string() }),
  status_error_link: string(),
  default_job_timeout: durationText(),
  managed_webhooks: managedWebhooksSchema,
  prowjob_default_entries: list(object({ repo: string(), cluster: string(), config: prowJobDefaultSchema })),
  disabled_clusters: list(string()),
};
const jobFields = object(jobConfigFields);
/** Everything but jobs. */
export const prowConfigSchema = object(
  Object.fromEntries(Object.entries(configFields).filter(([key]) => !Object.hasOwn(jobConfigFields, key))),
);
export const configSchema = object(configFields, undefined, [jobFields, prowConfigSchema]);
export type RawConfig = Infer<typeof configSchema>;
type Section<K extends keyof RawConfig> = NonNullable<RawConfig[K]>;
/** The section with the named fields there for certain. */
type With<K extends keyof RawConfig, F extends keyof Section<K>> = Section<K> & Required<Pick<Section<K>, F>>;

/** What defaults make certain. */
export interface Defaults {
  presubmits: Record<string, Presubmit[]>;
  postsubmits: Record<string, Postsubmit[]>;
  periodics: Periodic[];
  plank: With<
    "plank",
    | "pod_pending_timeout"
    | "pod_running_timeout"
    | "pod_unscheduled_timeout"
    | "max_revivals"
    | "max_goroutines"
    | "job_url_prefix_config"
  >;
  tide: With<
    "tide",
    | "sync_period"
    | "status_update_period"
    | "max_goroutines"
    | "queries"
    | "target_urls"
    | "pr_status_base_urls"
  >;
  sinker: With<"sinker", "resync_period" | "max_prowjob_age" | "max_pod_age" | "terminated_pod_ttl">;
  deck: With<"deck", "tide_update_period" | "spyglass">;
  horologium: With<"horologium", "tick_interval">;
  github_reporter: With<"github_reporter", "job_types_to_report">;
  slack_reporter_configs: Section<"slack_reporter_configs">;
  in_repo_config: With<"in_repo_config", "allowed_clusters">;
  "branch-protection": Section<"branch-protection">;
  github: { link_url: string };
  prowjob_namespace: string;
  pod_namespace: string;
  log_level: string;
  status_error_link: string;
  default_job_timeout: Duration;
  disabled_clusters: string[];
}

/** Frozen plain data, in the YAML's own field names. */
export type Config = Readonly<Omit<RawConfig, keyof Defaults> & Defaults>;
