// Which files of a job go to which object: the part of uploading that needs no storage.
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, posix, sep } from "node:path";
import type { JobSpec } from "../model/job-spec.ts";
import { aliasKey, bucketURL, jobDirectory, latestBuildKeys } from "../model/storage-layout.ts";
import type { GCSUploadOptions } from "../model/utility-options.ts";
import type { WriteOptions } from "../storage/port.ts";
import { typeByName } from "./media-type.ts";

export interface Upload extends Pick<WriteOptions, "contentType" | "contentEncoding" | "metadata"> {
  /** Below the bucket. */
  key: string;
  source: { file: string } | { content: string | Uint8Array };
}

/** `gs://bucket`, or the output directory in place of it. */
export function uploadRoot(options: GCSUploadOptions): string {
  if (options.local_output_dir) return `file://${options.local_output_dir.replace(/\/+$/, "")}`;
  return bucketURL(options.bucket ?? "");
}

/** Key of this run's directory; "" with an output directory, which holds one run only. */
export const runDirectory = (options: GCSUploadOptions, spec: JobSpec): string =>
  options.local_output_dir ? "" : posix.join(jobDirectory(spec, options), options.sub_dir ?? "");

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

/**
 * The files named by `items` and below its directories. `skip` are paths that must not leave the pod; a symbolic link
 * is followed only within its own directory: elsewhere it could point at a secret. `warn` hears of what is left out.
 */
export async function artifacts(
  options: GCSUploadOptions,
  directory: string,
  skip: (path: string) => boolean,
  warn: (message: string) => void,
): Promise<Upload[]> {
  const uploads = new Map<string, Upload>();
  for (const item of options.items ?? []) {
    const info = await stat(item).catch((error: Error) => {
      warn(`Encountered error in resolving items to upload for ${item}: ${error.message}`);
    });
    if (!info) continue;
    const files = info.isDirectory() ? await filesBelow(item, warn) : [item];
    for (const file of files) {
      if (skip(file)) continue;
      const relative = info.isDirectory() ? join(basename(item), file.slice(item.length)) : basename(item);
      const { name: key, ...type } = typeByName(posix.join(directory, relative), options.mediaTypes);
      if (uploads.has(key)) warn(`Encountered duplicate upload of ${key}, skipping...`);
      else uploads.set(key, { key, source: { file }, ...type });
    }
  }
  return [...uploads.values()];
}

/** Every file below `directory`, in order, as paths that start with it. */
export async function filesBelow(directory: string, warn: (message: string) => void): Promise<string[]> {
  const top = await realpath(directory);
  const walk = async (path: string): Promise<string[]> => {
    const entries = await readdir(path).catch((error: Error) => {
      warn(`${path} is left out: ${error.message}`);
      return [];
    });
    const found: string[] = [];
    for (const name of entries.sort()) {
      const file = join(path, name);
      const info = await lstat(file).catch(() => undefined);
      if (info?.isDirectory()) found.push(...(await walk(file)));
      else if (info?.isFile() || (info?.isSymbolicLink() && (await staysWithin(top, file)))) found.push(file);
      else warn(`${file} is left out: it is neither a file nor a link to one in ${directory}`);
    }
    return found;
  };
  return await walk(directory.replace(/\/+$/, ""));
}

async function staysWithin(top: string, link: string): Promise<boolean> {
  const target = await realpath(link).catch(() => undefined);
  return target?.startsWith(top + sep) === true && (await stat(target)).isFile();
}
