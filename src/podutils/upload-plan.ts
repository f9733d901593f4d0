// Which files of a job go to which object: the part of uploading that needs no storage.
import { basename, posix } from "node:path";
import { withoutDots } from "../lib/go/path.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { JobSpec } from "../model/job-spec.ts";
import { aliasKey, bucketURL, jobDirectory, latestBuildKeys } from "../model/storage-layout.ts";
import type { GCSUploadOptions } from "../model/utility-options.ts";
import type { WriteOptions } from "../storage/port.ts";
import { artifactFiles } from "./artifact-files.ts";
import { typeByName } from "./media-type.ts";
import type { Place, Volumes } from "./plain-file.ts";

export interface Upload extends Pick<WriteOptions, "contentType" | "contentEncoding" | "metadata"> {
  /** Below the bucket. */
  key: string;
  source: Place | { content: string | Uint8Array };
}

/** `gs://bucket`, or the output directory in place of it. */
export function uploadRoot(options: GCSUploadOptions): string {
  if (options.local_output_dir) return `file://${withoutEndSlashes(options.local_output_dir)}`;
  return bucketURL(options.bucket ?? "");
}

/** Key of this run's directory; "" with an output directory, which holds one run only. */
export const runDirectory = (options: GCSUploadOptions, spec: JobSpec): string =>
  options.local_output_dir ? "" : posix.join(jobDirectory(spec, options), withoutDots(options.sub_dir ?? ""));

/** How other tools find this run: the alias of a presubmit, and the latest build of the job. */
export function pointers(options: GCSUploadOptions, spec: JobSpec): Upload[] {
  if (options.local_output_dir) return [];
  const uploads: Upload[] = [];
  const alias = aliasKey(spec);
  if (alias) {
    const link = `${uploadRoot(options)}/${jobDirectory(spec, options)}`;
    uploads.push({ key: alias, source: { content: link }, metadata: { "x-goog-meta-link": link } });
  }
  for (const key of latestBuildKeys(spec, options)) {
    uploads.push({ key, source: { content: spec.buildid ?? "" }, contentType: typeByName(key).contentType });
  }
  return uploads;
}

/** The files named by `items` and below its directories. `skip` are those that must not leave the pod. */
export async function artifacts(
  options: GCSUploadOptions,
  directory: string,
  volumes: Volumes,
  skip: (path: string) => boolean,
  warn: (message: string) => void,
): Promise<Upload[]> {
  const uploads = new Map<string, Upload>();
  for (const item of options.items ?? []) {
    const files = await artifactFiles(item, volumes, warn).catch((error: Error) => {
      warn(`Encountered error in resolving items to upload for ${item}: ${error.message}`);
      return [];
    });
    for (const { path, ...place } of files) {
      if (skip(place.file)) continue;
      const name = posix.join(directory, withoutDots(basename(item)), path);
      const { name: key, ...type } = typeByName(name, options.mediaTypes);
      if (uploads.has(key)) warn(`Encountered duplicate upload of ${key}, skipping...`);
      else uploads.set(key, { key, source: place, ...type });
    }
  }
  return [...uploads.values()];
}
