// Whether a job's decoration is complete enough to run: utility images, storage, credentials that do not contradict.
import { madeOnce } from "../../lib/kept/made-once.ts";
import type { DecorationConfig, GCSConfiguration } from "../../model/decoration-config.ts";
import type { RerunAuthConfig } from "../../model/prowjob.ts";
import { bucketURL } from "../../model/storage-layout.ts";
import { goURLFault } from "../go-url.ts";

const IMAGES = ["clonerefs", "initupload", "entrypoint", "sidecar"] as const;

/** The first thing wrong, in Prow's words, or undefined. Looked for once in each decoration, which many jobs share. */
export const decorationFault = madeOnce((decoration: DecorationConfig): string | undefined => {
  const images = decoration.utility_images;
  if (!images) return "utility image config is not specified";
  const missing = IMAGES.filter((name) => !images[name]);
  if (missing.length) {
    return `the following utility images are not specified: [${missing.map((name) => `"${name}"`).join(" ")}]`;
  }
  if (!decoration.gcs_configuration) return "GCS upload configuration is not specified";
  const storage = storageFault(decoration.gcs_configuration);
  if (storage) return `GCS configuration is invalid: ${storage}`;
  const both = decoration.oauth_token_secret && decoration.ssh_key_secrets?.length;
  return both ? "both OAuth token and SSH key secrets are specified" : undefined;
});

const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)?(?:\s*;.*)?$/;

function storageFault(storage: GCSConfiguration): string | undefined {
  const bucket = storage.bucket ?? "";
  if (goURLFault(bucketURL(bucket))) {
    return `path "${bucket}" has invalid format, expected either <bucket-name>[/<path>] or <storage-provider>://<bucket-name>[/<path>]`;
  }
  const bad = Object.values(storage.mediaTypes ?? {}).find((type) => !MEDIA_TYPE.test(type));
  if (bad !== undefined) return `invalid extension media type "${bad}"`;
  const strategy = storage.path_strategy ?? "";
  if (!["legacy", "explicit", "single"].includes(strategy)) {
    return 'gcs_path_strategy must be one of "legacy", "explicit", or "single"';
  }
  const complete = strategy === "explicit" || (storage.default_org && storage.default_repo);
  return complete ? undefined : `default org and repo must be provided for GCS strategy "${strategy}"`;
}

export function rerunAuthFault(auth: RerunAuthConfig | undefined): string | undefined {
  if (!auth?.allow_anyone) return undefined;
  const { github_users: users, github_team_ids: ids, github_team_slugs: slugs, github_orgs: orgs } = auth;
  const listed = users?.length || ids?.length || slugs?.length || orgs?.length;
  return listed ? "allow anyone is set to true and permitted users or groups are specified" : undefined;
}
