// Puts files into object storage: four at a time, each tried several times.
import { Readable } from "node:stream";
import { createGzip, gzipSync } from "node:zlib";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import type { GCSUploadOptions } from "../model/utility-options.ts";
import type { BlobStore, Content, WriteOptions } from "../storage/port.ts";
import { isGzip, typeByName } from "./media-type.ts";
import { openPlain, type Place } from "./plain-file.ts";
import { retried, retries } from "./retried.ts";
import { typeByContent } from "./type-by-content.ts";
import { type Upload, uploadRoot } from "./upload-plan.ts";

const CONCURRENCY = 4;
const COMPRESS_ABOVE_BYTES = 1024;
/** Larger files are streamed. */
const IN_MEMORY_BYTES = 4 * 1024 * 1024;

export interface UploadContext {
  storage: BlobStore;
  clock: Clock;
  log: Logger;
}

/** Uploads all that can be; then throws an AggregateError of what could not. */
export async function upload(
  uploads: Upload[],
  options: GCSUploadOptions,
  context: UploadContext,
): Promise<void> {
  const root = uploadRoot(options);
  const failures: Error[] = [];
  const patience = retries(context.clock, context.log);
  await sideBySide(uploads, CONCURRENCY, async (next) => {
    const url = `${root}/${next.key}`;
    if (options.dry_run) return context.log.info({ dest: url }, "Would upload");
    const done = retried(url, patience, async () => {
      const { content, options: how } = await prepared(url, next, options.compress_file_types ?? []);
      await context.storage.write(url, content, how);
      context.log.info({ dest: url }, "Finished upload");
    });
    await done.catch((error) => failures.push(error));
  });
  if (failures.length === 0) return;
  const reasons = failures.map((failure) => failure.message).join("; ");
  throw new AggregateError(failures, `encountered errors during upload: ${reasons}`);
}

/** What is written for an item, and how. */
export async function prepared(
  url: string,
  { source, contentType, contentEncoding, metadata }: Upload,
  compress: string[],
): Promise<{ content: Content; options: WriteOptions }> {
  const { head, size, whole, stream } =
    "file" in source ? await fromFile(source) : fromMemory(source.content);
  const extension = /\.([^./]*)$/.exec(url)?.[1] ?? "";
  const wanted =
    (compress.includes("*") || compress.includes(extension)) && !["gz", "gzip"].includes(extension);
  const options: WriteOptions = {
    contentType: contentType ?? typeByContent(head),
    ...(contentEncoding && { contentEncoding }),
    ...(metadata && { metadata }),
  };
  if (!wanted || size <= COMPRESS_ABOVE_BYTES || isGzip(head)) {
    return { content: whole ?? web(stream()), options };
  }
  options.contentType = typeByName(url).contentType ?? "text/plain; charset=utf-8";
  options.contentEncoding = "gzip";
  return { content: whole ? gzipSync(whole) : web(stream().pipe(createGzip())), options };
}

const web = (stream: Readable): ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as ReadableStream<Uint8Array>;

interface Source {
  head: Uint8Array;
  size: number;
  /** When it fits into memory. */
  whole?: Uint8Array;
  stream: () => Readable;
}

function fromMemory(content: string | Uint8Array): Source {
  const whole = typeof content === "string" ? Buffer.from(content) : content;
  return { head: whole, size: whole.length, whole, stream: () => Readable.from([whole]) };
}

async function fromFile(place: Place): Promise<Source> {
  const handle = await openPlain(place);
  try {
    const { size } = await handle.stat();
    if (size <= IN_MEMORY_BYTES) return fromMemory(await handle.readFile());
    const head = new Uint8Array(512);
    await handle.read(head, 0, head.length, 0);
    return { head, size, stream: () => Readable.from(contents(place), { objectMode: false }) };
  } finally {
    await handle.close();
  }
}

/** Opened when it is read, so that a stream that nobody reads holds nothing. */
async function* contents(place: Place): AsyncGenerator<Buffer> {
  const handle = await openPlain(place);
  yield* handle.createReadStream();
}
