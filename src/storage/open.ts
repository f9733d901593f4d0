// One storage for every URL: each scheme goes to its adapter.
import { directoryStorage } from "./directory.ts";
import { StorageError } from "./error.ts";
import { gcsStorage } from "./gcs.ts";
import type { BlobStore } from "./port.ts";

export interface StorageOptions {
  /** Local mode: every bucket is a directory below this one. */
  directory?: string;
  gcsCredentialsFile?: string;
  /** An emulator of GCS, as in STORAGE_EMULATOR_HOST. */
  gcsEndpoint?: string;
}

/** Without `directory`: `gs://` is Google Cloud Storage, `file://` the file system; others throw StorageError 400. */
export function openStorage({ directory, gcsCredentialsFile, gcsEndpoint }: StorageOptions): BlobStore {
  if (directory !== undefined) return directoryStorage({ root: directory });
  const gcs = gcsStorage({ credentialsFile: gcsCredentialsFile, endpoint: gcsEndpoint });
  const files = directoryStorage({});
  const adapter = (url: string): BlobStore => {
    if (url.startsWith("gs://")) return gcs;
    if (url.startsWith("file://")) return files;
    throw new StorageError(
      400,
      `${url}: no storage of this kind; use gs://bucket/key or file:///directory/key`,
    );
  };
  return {
    stat: async (url) => adapter(url).stat(url),
    read: async (url, range) => adapter(url).read(url, range),
    list: async (prefixUrl, options) => adapter(prefixUrl).list(prefixUrl, options),
    write: async (url, content, options) => adapter(url).write(url, content, options),
  };
}
