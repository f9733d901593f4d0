// The containers of Prow's pod utilities around a job's own, and the options that they read from their environment.
import { parseDuration } from "../lib/duration.ts";
import type { DecorationConfig } from "../model/decoration-config.ts";
import { JOB_SPEC } from "../model/job-spec.ts";
import type { Container, EnvVar, VolumeMount } from "../model/pod.ts";
import type { Refs } from "../model/refs.ts";
import {
  CLONEREFS_OPTIONS,
  type ClonerefsOptions,
  ENTRYPOINT_OPTIONS,
  type EntrypointOptions,
  type GCSUploadOptions,
  INITUPLOAD_OPTIONS,
  SIDECAR_OPTIONS,
  type SidecarOptions,
  type WrapperOptions,
} from "../model/utility-options.ts";
import { type CloneSecrets, CODE, GCS, LOGS, S3, TOOLS } from "./volumes.ts";

const ARTIFACTS = `${LOGS.mountPath}/artifacts`;
const CLONE_LOG = `${LOGS.mountPath}/clone.json`;

/** In a map's order of names, as every user of Prow sees it. */
export const envList = (env: Record<string, string>): EnvVar[] =>
  Object.keys(env)
    .sort()
    .map((name) => ({ name, value: env[name]! }));

const nanoseconds = (text?: string): number => Number(text ? (parseDuration(text) ?? 0n) : 0n);

type UtilityResources = keyof NonNullable<DecorationConfig["resources"]>;
const resourcesOf = (decoration: DecorationConfig, name: UtilityResources): Partial<Container> => {
  const resources = decoration.resources?.[name] as Container["resources"];
  return resources ? { resources } : {};
};

export function clonerefs(decoration: DecorationConfig, refs: Refs[], secrets: CloneSecrets): Container {
  const options: ClonerefsOptions = {
    src_root: CODE.mountPath,
    log: CLONE_LOG,
    git_user_name: "ci-robot",
    git_user_email: "ci-robot@k8s.io",
    refs,
    ...(secrets.keyFiles.length && { key_files: secrets.keyFiles }),
    ...(secrets.oauthTokenFile && { oauth_token_file: secrets.oauthTokenFile }),
    ...(decoration.ssh_host_fingerprints?.length && { host_fingerprints: decoration.ssh_host_fingerprints }),
    ...(secrets.cookieFile && { cookie_path: secrets.cookieFile }),
    github_api_endpoints: decoration.github_api_endpoints?.length
      ? decoration.github_api_endpoints
      : ["https://api.github.com"],
    ...(decoration.github_app_id && { github_app_id: decoration.github_app_id }),
    ...(secrets.appKeyFile && { github_app_private_key_file: secrets.appKeyFile }),
  };
  return {
    name: "clonerefs",
    image: decoration.utility_images?.clonerefs,
    ...(secrets.cookieFile && { args: [`--cookiefile=${secrets.cookieFile}`] }),
    env: envList({ [CLONEREFS_OPTIONS]: JSON.stringify(options) }),
    ...resourcesOf(decoration, "clonerefs"),
    volumeMounts: [LOGS, CODE, ...secrets.mounts],
  };
}

/** Where and as whom the results are uploaded. */
export function uploadOptions(decoration: DecorationConfig): GCSUploadOptions {
  return {
    ...decoration.gcs_configuration,
    ...(decoration.gcs_credentials_secret && {
      gcs_credentials_file: `${GCS.mountPath}/service-account.json`,
    }),
    ...(decoration.s3_credentials_secret && { s3_credentials_file: `${S3.mountPath}/service-account.json` }),
    dry_run: false,
  };
}

export interface Upload {
  options: GCSUploadOptions;
  mounts: VolumeMount[];
  /** JOB_SPEC as JSON. */
  jobSpec: string;
}

export function initupload(decoration: DecorationConfig, upload: Upload, cloned: boolean): Container {
  const options = { ...upload.options, ...(cloned && { log: CLONE_LOG }) };
  return {
    name: "initupload",
    image: decoration.utility_images?.initupload,
    env: envList({ [INITUPLOAD_OPTIONS]: JSON.stringify(options), [JOB_SPEC]: upload.jobSpec }),
    ...resourcesOf(decoration, "initupload"),
    volumeMounts: [...(cloned ? [LOGS] : []), ...upload.mounts],
  };
}

export const placeEntrypoint = (decoration: DecorationConfig): Container => ({
  name: "place-entrypoint",
  image: decoration.utility_images?.entrypoint,
  args: ["--copy-mode-only"],
  ...resourcesOf(decoration, "place_entrypoint"),
  volumeMounts: [TOOLS],
});

/** The container with entrypoint in front of its command; `prefix` tells apart the files of several containers. */
export function wrapped(
  container: Container,
  decoration: DecorationConfig,
  prefix: string,
): { container: Container; wrapper: WrapperOptions } {
  const wrapper: WrapperOptions = {
    args: [...(container.command ?? []), ...(container.args ?? [])],
    container_name: container.name,
    process_log: `${LOGS.mountPath}/${prefix ? `${prefix}-log.txt` : "process-log.txt"}`,
    marker_file: `${LOGS.mountPath}/${prefix ? `${prefix}-marker.txt` : "marker-file.txt"}`,
    metadata_file: `${ARTIFACTS}/${prefix ? `${prefix}-metadata.json` : "metadata.json"}`,
  };
  const options: EntrypointOptions = {
    timeout: nanoseconds(decoration.timeout),
    grace_period: nanoseconds(decoration.grace_period),
    artifact_dir: ARTIFACTS,
    ...wrapper,
  };
  const { args: _replaced, ...rest } = container;
  return {
    wrapper,
    container: {
      ...rest,
      command: [`${TOOLS.mountPath}/entrypoint`],
      env: [...(container.env ?? []), { name: ENTRYPOINT_OPTIONS, value: JSON.stringify(options) }],
      volumeMounts: [...(container.volumeMounts ?? []), LOGS, TOOLS],
    },
  };
}

/** `secrets` are the mounts of the job's own secrets, whose contents are censored from what is uploaded. */
export function sidecar(
  decoration: DecorationConfig,
  upload: Upload,
  secrets: VolumeMount[],
  entries: WrapperOptions[],
): Container {
  const { ini_filenames: _notPassedOn, ...censoring } = decoration.censoring_options ?? {};
  const options: SidecarOptions = {
    gcs_options: { ...upload.options, items: [ARTIFACTS] },
    entries,
    ...(decoration.upload_ignores_interrupts && { ignore_interrupts: true }),
    censoring_options: {
      ...(secrets.length && { secret_directories: secrets.map((mount) => mount.mountPath) }),
      ...censoring,
    },
  };
  return {
    name: "sidecar",
    image: decoration.utility_images?.sidecar,
    env: envList({ [JOB_SPEC]: upload.jobSpec, [SIDECAR_OPTIONS]: JSON.stringify(options) }),
    ...resourcesOf(decoration, "sidecar"),
    volumeMounts: [LOGS, ...upload.mounts, ...secrets],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}
