// The JSON that each pod utility reads from its environment variable, in upstream's field names. Durations are nanoseconds.
import type { DecorationConfig, GCSConfiguration } from "./decoration-config.ts";
import type { Refs } from "./refs.ts";

export const CLONEREFS_OPTIONS = "CLONEREFS_OPTIONS";
export const INITUPLOAD_OPTIONS = "INITUPLOAD_OPTIONS";
export const ENTRYPOINT_OPTIONS = "ENTRYPOINT_OPTIONS";
export const SIDECAR_OPTIONS = "SIDECAR_OPTIONS";

export interface ClonerefsOptions {
  src_root: string;
  /** Where clone.json goes. */
  log: string;
  git_user_name?: string;
  git_user_email?: string;
  refs: Refs[];
  key_files?: string[];
  oauth_token_file?: string;
  host_fingerprints?: string[];
  max_parallel_workers?: number;
  /** Exit non-zero when a clone fails. */
  fail?: boolean;
  cookie_path?: string;
  github_api_endpoints?: string[];
  github_app_id?: string;
  github_app_private_key_file?: string;
}

export interface GCSUploadOptions extends GCSConfiguration {
  /** Files and directories to upload. */
  items?: string[];
  sub_dir?: string;
  gcs_credentials_file?: string;
  s3_credentials_file?: string;
  dry_run: boolean;
}

export interface InitUploadOptions extends GCSUploadOptions {
  /** clone.json, when something was cloned. */
  log?: string;
}

/** One wrapped process: what entrypoint writes and sidecar waits for. */
export interface WrapperOptions {
  args?: string[];
  container_name?: string;
  process_log: string;
  marker_file: string;
  metadata_file: string;
}

export interface EntrypointOptions extends WrapperOptions {
  timeout: number;
  grace_period: number;
  artifact_dir?: string;
  previous_marker?: string;
  always_zero?: boolean;
  propagate_error_code?: boolean;
  copy_mode_only?: boolean;
  copy_dst?: string;
}

export interface CensoringOptions extends NonNullable<DecorationConfig["censoring_options"]> {
  secret_directories?: string[];
}

export interface SidecarOptions {
  gcs_options: GCSUploadOptions;
  entries?: WrapperOptions[];
  /** Deprecated form of a single entry. */
  wrapper_options?: WrapperOptions;
  entry_error?: boolean;
  ignore_interrupts?: boolean;
  write_memory_profile?: boolean;
  censoring_options?: CensoringOptions;
}
