// Object storage on S3, or on a server that speaks it.
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { HeadObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { once } from "../lib/kept/once.ts";
import { StorageError } from "./error.ts";
import { parseObjectURL, parsePrefixURL } from "./object-url.ts";
import type { BlobStore, Content, ListPage, ObjectInfo, WriteOptions } from "./port.ts";
import { connectS3, type S3Options } from "./s3-client.ts";

/** Below this one request is cheaper than an upload in parts. */
const PARTS_FROM_BYTES = 8 * 1024 * 1024;

interface Place {
  Bucket: string;
  Key: string;
}

export function s3Storage(options: S3Options): BlobStore {
  // The SDK takes long to load: only who uses it pays. A file of credentials that is wrong now may be mended later.
  const connection = once(() => connectS3(options));
  return {
    stat: async (url) => statOf(url, await connection(), placeOf(url)),
    read: async (url, range) => readFrom(url, await connection(), placeOf(url), range),
    list: async (prefixUrl, page) => listUnder(await connection(), prefixUrl, page),
    write: async (url, content, how = {}) => writeTo(url, await connection(), placeOf(url), content, how),
    sign: async (url, seconds) => signed(await connection(), placeOf(url), seconds),
  };
}

function placeOf(url: string): Place {
  const { bucket, key } = parseObjectURL(url);
  if (!key) throw new StorageError(400, `${url} names no object`);
  return { Bucket: bucket, Key: key };
}

const statusOf = (error: unknown): number =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;

const failure = (error: unknown, url: string): StorageError =>
  new StorageError(statusOf(error), `${url}: ${reasonOf(error as Error)}`, { cause: error });

/** For an answer without a body the SDK says "UnknownError". */
const reasonOf = (error: Error): string =>
  error.message === "UnknownError" || error.message === ""
    ? `${error.name} (HTTP ${statusOf(error)})`
    : error.message;

async function statOf(url: string, client: S3Client, place: Place): Promise<ObjectInfo | undefined> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  try {
    return info(url, await client.send(new HeadObjectCommand(place)));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw failure(error, url);
  }
}

function info(url: string, head: HeadObjectCommandOutput): ObjectInfo {
  const { ContentLength, LastModified, ContentType, ContentEncoding, Metadata } = head;
  return {
    url,
    size: ContentLength ?? 0,
    updated: LastModified?.toISOString() ?? "",
    ...(ContentType && { contentType: ContentType }),
    ...(ContentEncoding && { contentEncoding: ContentEncoding }),
    ...(Metadata && Object.keys(Metadata).length > 0 && { metadata: Metadata }),
  };
}

async function readFrom(
  url: string,
  client: S3Client,
  place: Place,
  range?: { start: number; end?: number },
): Promise<ReadableStream<Uint8Array>> {
  if (range?.end !== undefined && range.end <= range.start) return new Blob([]).stream();
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const Range = range && `bytes=${range.start}-${range.end === undefined ? "" : range.end - 1}`;
  try {
    const { Body } = await client.send(new GetObjectCommand({ ...place, Range }));
    return Body ? Body.transformToWebStream() : new Blob([]).stream();
  } catch (error) {
    if (statusOf(error) === 416) return new Blob([]).stream();
    throw failure(error, url);
  }
}

async function listUnder(
  client: S3Client,
  prefixUrl: string,
  { pageSize, page }: { pageSize?: number; page?: string } = {},
): Promise<ListPage> {
  const { scheme, bucket, key } = parsePrefixURL(prefixUrl);
  const root = `${scheme}://${bucket}/`;
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: key,
    Delimiter: "/",
    ...(pageSize && { MaxKeys: pageSize }),
    ...(page && { ContinuationToken: page }),
  });
  const found = await client.send(command).catch((error: unknown) => {
    throw failure(error, prefixUrl);
  });
  return {
    objects: (found.Contents ?? [])
      // A "directory" made by a tool is an empty object with the prefix' own name.
      .filter(({ Key }) => Key !== key)
      .map(({ Key, Size, LastModified }) => ({
        url: `${root}${Key}`,
        size: Size ?? 0,
        updated: LastModified?.toISOString() ?? "",
      })),
    prefixes: (found.CommonPrefixes ?? []).map(({ Prefix }) => `${root}${Prefix}`),
    ...(found.NextContinuationToken && { next: found.NextContinuationToken }),
  };
}

async function writeTo(
  url: string,
  client: S3Client,
  place: Place,
  content: Content,
  { contentType, contentEncoding, cacheControl, metadata, ifAbsent }: WriteOptions,
): Promise<void> {
  const parameters = {
    ...place,
    ...(contentType && { ContentType: contentType }),
    ...(contentEncoding && { ContentEncoding: contentEncoding }),
    ...(cacheControl && { CacheControl: cacheControl }),
    ...(metadata && { Metadata: metadata }),
    ...(ifAbsent && { IfNoneMatch: "*" }),
  };
  const streamed = content instanceof ReadableStream;
  try {
    if (streamed || Buffer.byteLength(content) >= PARTS_FROM_BYTES) {
      const { Upload } = await import("@aws-sdk/lib-storage");
      // Parts that were sent are not sent again; an upload that fails leaves none behind.
      const Body = streamed ? Readable.fromWeb(content as NodeReadableStream) : content;
      const upload = new Upload({
        client,
        params: { ...parameters, Body },
        partSize: PARTS_FROM_BYTES,
      });
      await upload.done();
    } else {
      const { PutObjectCommand } = await import("@aws-sdk/client-s3");
      await client.send(new PutObjectCommand({ ...parameters, Body: content }));
    }
  } catch (error) {
    throw failure(error, url);
  }
}

async function signed(client: S3Client, place: Place, seconds: number): Promise<string> {
  const [{ getSignedUrl }, { GetObjectCommand }] = await Promise.all([
    import("@aws-sdk/s3-request-presigner"),
    import("@aws-sdk/client-s3"),
  ]);
  return getSignedUrl(client, new GetObjectCommand(place), { expiresIn: seconds });
}
