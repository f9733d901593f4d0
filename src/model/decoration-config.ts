// How a job's pod is decorated with Prow's pod utilities, in the field names of `decoration_config`.
import { duration, durationText } from "../lib/duration.ts";
import { quantity } from "../lib/quantity.ts";
import {
  boolean,
  type Infer,
  integer,
  likelyOneOf,
  list,
  map,
  object,
  type Schema,
  string,
} from "../lib/schema.ts";
import type { Container } from "./pod.ts";
import { podType } from "./pod-types.ts";

/** Resources of a container, as Kubernetes has them. */
const resourcesSchema = podType("ResourceRequirements") as Schema<NonNullable<Container["resources"]>>;

const utilityImagesSchema = object({
  clonerefs: string(),
  initupload: string(),
  entrypoint: string(),
  sidecar: string(),
});

const gcsConfigurationSchema = object({
  bucket: string("Bucket, with or without scheme (gs:// is the default)."),
  path_prefix: string(),
  path_strategy: likelyOneOf(["explicit", "single", "legacy"]),
  default_org: string(),
  default_repo: string(),
  mediaTypes: map(string()),
  job_url_prefix: string(),
  local_output_dir: string(),
  compress_file_types: list(string()),
});
export type GCSConfiguration = Infer<typeof gcsConfigurationSchema>;

const secretKeySchema = object({ name: string(), key: string() });

const censoringOptionsSchema = object({
  censoring_concurrency: integer(),
  censoring_buffer_size: integer(),
  include_directories: list(string()),
  exclude_directories: list(string()),
  ini_filenames: list(string()),
  minimum_secret_length: integer(),
});

export const decorationConfigSchema = object({
  timeout: duration("Longest run of the test."),
  grace_period: duration("From the interrupt to the kill."),
  utility_images: utilityImagesSchema,
  resources: object({
    clonerefs: resourcesSchema,
    initupload: resourcesSchema,
    place_entrypoint: resourcesSchema,
    sidecar: resourcesSchema,
  }),
  gcs_configuration: gcsConfigurationSchema,
  gcs_credentials_secret: string(),
  s3_credentials_secret: string(),
  default_service_account_name: string(),
  ssh_key_secrets: list(string()),
  ssh_host_fingerprints: list(string()),
  blobless_fetch: boolean(),
  sparse_checkout_files: list(string()),
  skip_cloning: boolean(),
  cookiefile_secret: string(),
  oauth_token_secret: secretKeySchema,
  github_api_endpoints: list(string()),
  github_app_id: string(),
  github_app_private_key_secret: secretKeySchema,
  censor_secrets: boolean(),
  censoring_options: censoringOptionsSchema,
  upload_ignores_interrupts: boolean(),
  set_limit_equals_memory_request: boolean(),
  default_memory_request: quantity(),
  scheduling_options: object({ affinity: podType("Affinity"), tolerations: list(podType("Toleration")) }),
  pod_pending_timeout: durationText(),
  pod_running_timeout: durationText(),
  pod_unscheduled_timeout: durationText(),
  run_as_user: integer(),
  run_as_group: integer(),
  fs_group: integer(),
});
export type DecorationConfig = Infer<typeof decorationConfigSchema>;
