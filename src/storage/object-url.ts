// Splits the URL of an object into scheme, bucket and key, refusing what could mean another object than it says.
import { StorageError } from "./error.ts";

export interface ObjectURL {
  scheme: string;
  /** "" for `file:` URLs. */
  bucket: string;
  /** Without a leading slash; ends in `/` for a directory; "" for the bucket itself. */
  key: string;
}

/**
 * `gs://bucket/a/b` -> bucket `bucket`, key `a/b`; `file:///a/b` -> bucket "", key `a/b`.
 * Nothing is percent-decoded: keys are bytes to object storage. Throws StorageError 400.
 */
export function parseObjectURL(url: string): ObjectURL {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(?:\/(.*))?$/s.exec(url);
  if (!match)
    throw new StorageError(400, `${JSON.stringify(url)} is not an object URL, e.g. gs://bucket/key`);
  const [, scheme = "", bucket = "", key = ""] = match;
  if (scheme === "file" ? bucket !== "" : bucket === "" || /^\.{1,2}$/.test(bucket)) {
    throw new StorageError(400, `${JSON.stringify(url)}: ${scheme}:// URLs need ${bucketAdvice(scheme)}`);
  }
  return { scheme, bucket, key };
}

/** The same of what a listing is below. Throws StorageError 400 when it names an object. */
export function parsePrefixURL(url: string): ObjectURL {
  if (!url.endsWith("/")) throw new StorageError(400, `prefix ${url} must end in /`);
  return parseObjectURL(url);
}

const bucketAdvice = (scheme: string): string =>
  scheme === "file" ? "an absolute path, e.g. file:///srv/storage" : `a bucket, e.g. ${scheme}://bucket/key`;
