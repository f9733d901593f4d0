// One storage for every URL: each scheme goes to its adapter.
import type { Clock } from "../lib/clock.ts";
import { directoryStorage } from "./directory.ts";
import { StorageError } from "./error.ts";
import { gcsStorage } from "./gcs.ts";
import type { BlobStore } from "./port.ts";
import { s3Storage } from "./s3.ts";

export interface StorageOptions {
  /** Local mode: every bucket is a directory below this one. */
  directory?: string;
  gcsCredentialsFile?: string;
  /** An emulator of GCS, as in STORAGE_EMULATOR_HOST. */
  gcsEndpoint?: string;
  s3CredentialsFile?: string;
  /** AWS_REGION. */
  s3Region?: string;
  /** Default: the machine's. */
  clock?: Pick<Clock, "now" | "sleep">;
}

/** Without `directory`: `gs://` is Google's, `s3://` is S3, `file://` the file system; others throw StorageError 400. */
export function openStorage(options: StorageOptions): BlobStore {
  const { clock, directory } = options;
  if (directory !== undefined) return directoryStorage({ root: directory });
  const { gcsCredentialsFile, gcsEndpoint: endpoint, s3CredentialsFile, s3Region: region } = options;
  const gcs = gcsStorage({ credentialsFile: gcsCredentialsFile, endpoint, clock });
  const s3 = s3Storage({ credentialsFile: s3CredentialsFile, region });
  const files = directoryStorage({});
  const adapter = (url: string): BlobStore => {
    if (url.startsWith("gs://")) return gcs;
    if (url.startsWith("s3://")) return s3;
    if (url.startsWith("file://")) return files;
    throw new StorageError(
      400,
      `${url}: no storage of this kind; use gs://bucket/key, s3://bucket/key or file:///directory/key`,
    );
  };
  return {
    stat: async (url) => adapter(url).stat(url),
    read: async (url, range) => adapter(url).read(url, range),
    list: async (prefixUrl, options) => adapter(prefixUrl).list(prefixUrl, options),
    sign: async (url, seconds) => adapter(url).sign(url, seconds),
    write: async (url, content, options) => adapter(url).write(url, content, options),
  };
}
