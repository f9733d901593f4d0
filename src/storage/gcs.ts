// Object storage on Google Cloud Storage, or on an emulator of it.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { File, FileMetadata, Storage } from "@google-cloud/storage";
import { type Clock, systemClock } from "../lib/clock.ts";
import { type BackOff, backOffMs } from "../lib/waiting/back-off.ts";
import { isPassing, StorageError } from "./error.ts";
import { googleCredentials, signer } from "./google-credentials.ts";
import { parseObjectURL, parsePrefixURL } from "./object-url.ts";
import type { BlobStore, Content, ListPage, ObjectInfo, WriteOptions } from "./port.ts";

/** Below this, one request is cheaper than opening an upload session. */
const RESUMABLE_FROM_BYTES = 8 * 1024 * 1024;

export interface GCSOptions {
  /** A service account's JSON. Without it, the machine's own credentials, else none. */
  credentialsFile?: string;
  /** An emulator, e.g. http://127.0.0.1:4443, which is asked without credentials. */
  endpoint?: string;
  /** A signature names the time at which it ends, and what failed is tried again. Default: the machine's. */
  clock?: Pick<Clock, "now" | "sleep">;
}

export function gcsStorage(options: GCSOptions): BlobStore {
  let client: Promise<Storage> | undefined;
  // The library takes a third of a second to load: only who uses it pays.
  const file = async (url: string): Promise<File> => {
    client ??= connect(options);
    const { bucket, key } = parseObjectURL(url);
    if (!key) throw new StorageError(400, `${url} names no object`);
    return (await client).bucket(bucket).file(key);
  };
  return {
    async stat(url) {
      const [metadata] = await (await file(url)).getMetadata().catch((error) => notFound(error, url));
      return metadata && info(url, metadata);
    },
    read: async (url, range) => readFrom(url, await file(url), range, options.clock ?? systemClock),
    list: async (prefixUrl, page) => {
      client ??= connect(options);
      return listUnder(await client, prefixUrl, page);
    },
    sign: (url, seconds) => sign(url, seconds, options),
    write: async (url, content, how = {}) => writeTo(url, await file(url), content, how),
  };
}

async function connect({ credentialsFile, endpoint }: GCSOptions): Promise<Storage> {
  const { Storage } = await import("@google-cloud/storage");
  const storage = new Storage({
    ...(credentialsFile && { authClient: await googleCredentials(credentialsFile) }),
    ...(endpoint && { apiEndpoint: endpoint, projectId: "emulated" }),
  });
  // The library takes STORAGE_EMULATOR_HOST, which names the server, for the address of its API.
  if (endpoint) storage.baseUrl = `${storage.apiEndpoint}/storage/v1`;
  return storage;
}

/** Only a service account's own key signs. */
async function sign(
  url: string,
  seconds: number,
  { credentialsFile, clock = systemClock }: GCSOptions,
): Promise<string | undefined> {
  const authClient = credentialsFile && (await signer(credentialsFile));
  if (!authClient) return undefined;
  const { bucket, key } = parseObjectURL(url);
  const { Storage } = await import("@google-cloud/storage");
  const expires = clock.now().getTime() + seconds * 1000;
  const file = new Storage({ authClient }).bucket(bucket).file(key);
  const [address] = await file.getSignedUrl({ version: "v4", action: "read", expires });
  return address;
}

function info(url: string, metadata: FileMetadata): ObjectInfo {
  const { contentType, contentEncoding, metadata: custom } = metadata;
  return {
    url,
    size: Number(metadata.size ?? 0),
    updated: metadata.updated ?? "",
    ...(contentType && { contentType }),
    ...(contentEncoding && { contentEncoding }),
    ...(custom && { metadata: custom as Record<string, string> }),
  };
}

const statusOf = (error: unknown): number => {
  const code = Number((error as { code?: unknown }).code);
  return Number.isInteger(code) ? code : 0;
};

const failure = (error: unknown, url: string): StorageError =>
  new StorageError(statusOf(error), `${url}: ${(error as Error).message}`, { cause: error });

type Range = NonNullable<Parameters<BlobStore["read"]>[1]>;

function notFound(error: unknown, url: string): [undefined] {
  if (statusOf(error) === 404) return [undefined];
  throw failure(error, url);
}

type Asked = ReturnType<File["interceptors"][number]["request"]>;

const READ_TRIES = 4;
const READ_PAUSE: BackOff = { firstMs: 500, longestMs: 4_000 };

async function readFrom(
  url: string,
  file: File,
  range: Range | undefined,
  clock: Pick<Clock, "sleep">,
): Promise<ReadableStream<Uint8Array>> {
  if (range?.end !== undefined && range.end <= range.start) return new Blob([]).stream();
  // When the library tries a stream again, it pipes the first answer into what it has destroyed, and the process ends.
  file.interceptors.push({ request: (asked) => ({ ...(asked as Asked), maxRetries: 0 }) });
  for (let tries = 1; ; tries++) {
    try {
      return await readOnce(url, file, range);
    } catch (error) {
      if (tries === READ_TRIES || !isPassing(error)) throw error;
      await clock.sleep(backOffMs(READ_PAUSE, tries));
    }
  }
}

/** To each answer the library, its HTTP client and that one's node-fetch listen: one more than the ten that Node warns of as a leak. */
const MOST_LISTENERS = 20;

async function readOnce(
  url: string,
  file: File,
  range: Range | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const bytes = range && { start: range.start, ...(range.end !== undefined && { end: range.end - 1 }) };
  // The stored bytes, as they are: checksums of a part or of a compressed object could not be checked anyway.
  const stream = file.createReadStream({ ...bytes, decompress: false, validation: false });
  return await new Promise((resolve, reject) => {
    stream.once("error", (error) => {
      if (statusOf(error) === 416) resolve(new Blob([]).stream());
      else reject(failure(error, url));
    });
    stream.once("response", (response: Readable & { statusCode?: number }) => {
      response.setMaxListeners(MOST_LISTENERS);
      if ((response.statusCode ?? 200) < 300) resolve(Readable.toWeb(stream) as ReadableStream<Uint8Array>);
    });
    // The library asks only once somebody reads.
    stream.read(0);
  });
}

async function listUnder(
  storage: Storage,
  prefixUrl: string,
  { pageSize, page }: { pageSize?: number; page?: string } = {},
): Promise<ListPage> {
  const { scheme, bucket, key } = parsePrefixURL(prefixUrl);
  const root = `${scheme}://${bucket}/`;
  const [files, next, response] = await storage
    .bucket(bucket)
    .getFiles({ prefix: key, delimiter: "/", maxResults: pageSize, pageToken: page, autoPaginate: false })
    .catch((error) => {
      throw failure(error, prefixUrl);
    });
  const token = (next as { pageToken?: string } | null)?.pageToken;
  return {
    // A "directory" made by a tool is an empty object with the prefix' own name.
    objects: files.filter((file) => file.name !== key).map((file) => info(root + file.name, file.metadata)),
    prefixes: ((response as { prefixes?: string[] }).prefixes ?? []).map((prefix) => root + prefix),
    ...(token && { next: token }),
  };
}

async function writeTo(
  url: string,
  file: File,
  content: Content,
  { contentType, contentEncoding, cacheControl, metadata, ifAbsent }: WriteOptions,
): Promise<void> {
  const streamed = content instanceof ReadableStream;
  const size = streamed ? Number.POSITIVE_INFINITY : Buffer.byteLength(content);
  const upload = file.createWriteStream({
    resumable: size >= RESUMABLE_FROM_BYTES,
    ...(ifAbsent && { preconditionOpts: { ifGenerationMatch: 0 } }),
    metadata: {
      ...(contentType && { contentType }),
      ...(contentEncoding && { contentEncoding }),
      ...(cacheControl && { cacheControl }),
      ...(metadata && { metadata }),
    },
  });
  const source = streamed
    ? Readable.fromWeb(content as NodeReadableStream)
    : Readable.from([typeof content === "string" ? Buffer.from(content) : content]);
  await pipeline(source, upload).catch((error) => {
    throw failure(error, url);
  });
}
