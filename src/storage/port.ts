// Object storage by URL: `gs://bucket/key`, `s3://bucket/key`, `file:///directory/key`.

export interface ObjectInfo {
  /** Full URL. */
  url: string;
  /** Bytes as stored. */
  size: number;
  updated: string;
  contentType?: string;
  /** `gzip` when the stored bytes are compressed; reads return the stored bytes. */
  contentEncoding?: string;
  metadata?: Record<string, string>;
}

export interface ListPage {
  /** Objects directly under the prefix. */
  objects: ObjectInfo[];
  /** URLs of "directories" directly under the prefix, ending in `/`. */
  prefixes: string[];
  /** Give it back to get the next page. */
  next?: string;
}

export interface BlobRead {
  /** undefined when there is no such object. */
  stat(url: string): Promise<ObjectInfo | undefined>;
  /** `end` is exclusive. Throws StorageError 404 when there is no such object. */
  read(url: string, range?: { start: number; end?: number }): Promise<ReadableStream<Uint8Array>>;
  /** One level (delimiter `/`). `prefixUrl` ends in `/`. */
  list(prefixUrl: string, options?: { pageSize?: number; page?: string }): Promise<ListPage>;
  /**
   * An address at which anybody can read the object for so many seconds, whether it exists or not. undefined where there
   * is no such thing: in a directory, or with credentials that cannot sign.
   */
  sign(url: string, seconds: number): Promise<string | undefined>;
}

export interface WriteOptions {
  contentType?: string;
  contentEncoding?: string;
  /** For those who read it over HTTP, e.g. `no-cache`. */
  cacheControl?: string;
  metadata?: Record<string, string>;
  /** Throws StorageError 412 when the object exists. */
  ifAbsent?: boolean;
}

export type Content = string | Uint8Array | ReadableStream<Uint8Array>;

export interface BlobWrite {
  write(url: string, content: Content, options?: WriteOptions): Promise<void>;
}

export interface BlobStore extends BlobRead, BlobWrite {}
