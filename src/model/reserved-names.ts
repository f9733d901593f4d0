// Names that decoration needs for itself, so that no job may use them.
import { madeOnce } from "../lib/kept/made-once.ts";
import type { DecorationConfig } from "./decoration-config.ts";
import { CREATED_BY_PROW, PROW_JOB_ID_LABEL, PROW_JOB_TYPE_LABEL } from "./labels.ts";
import type { ProwJobType } from "./prowjob.ts";

export const RESERVED_LABELS: readonly string[] = [PROW_JOB_TYPE_LABEL, CREATED_BY_PROW, PROW_JOB_ID_LABEL];
export const RESERVED_CONTAINERS: readonly string[] = [
  "clonerefs",
  "initupload",
  "place-entrypoint",
  "sidecar",
];
/** Mounts that decoration gives to the test containers themselves. */
export const TEST_MOUNTS: readonly string[] = ["logs", "code", "tools"];
export const TEST_MOUNT_PATHS: readonly string[] = ["/logs", "/home/prow/go", "/tools"];

const FIXED_VOLUMES = [...TEST_MOUNTS, "gcs-credentials", "s3-credentials"];
const undecorated: ReadonlySet<string> = new Set(FIXED_VOLUMES);
/** Many jobs share one decoration. */
const volumesOf = madeOnce(
  ({ oauth_token_secret: token, ssh_key_secrets: keys = [] }: DecorationConfig): ReadonlySet<string> =>
    new Set([...FIXED_VOLUMES, ...(token ? [token.name ?? ""] : []), ...keys]),
);

/** Names of the volumes that the decoration of this job may add. */
export const reservedVolumes = (decoration?: DecorationConfig): ReadonlySet<string> =>
  decoration ? volumesOf(decoration) : undecorated;

const BASE_ENV = ["CI", "JOB_NAME", "JOB_SPEC", "JOB_TYPE", "PROW_JOB_ID", "BUILD_ID", "BUILD_NUMBER"];
const REFS_ENV = [
  "REPO_OWNER",
  "REPO_NAME",
  "SRC_BASE",
  "SRC_HOST",
  "PULL_BASE_REF",
  "PULL_BASE_SHA",
  "PULL_REFS",
];
const PULL_ENV = ["PULL_NUMBER", "PULL_PULL_SHA", "PULL_HEAD_REF", "PULL_TITLE"];

const OF_BRANCH = [...BASE_ENV, ...REFS_ENV];
const OF_PULL = [...OF_BRANCH, ...PULL_ENV];

/** Environment variables that a job of that type is given. */
export function reservedEnv(type: ProwJobType): readonly string[] {
  if (type === "periodic") return BASE_ENV;
  return type === "presubmit" ? OF_PULL : OF_BRANCH;
}
