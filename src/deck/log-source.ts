// Where a run's log comes from: object storage once it is uploaded, the pod while it runs.
import { gunzip } from "../lib/gunzip.ts";
import { textUpTo } from "../lib/text-up-to.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { BlobRead } from "../storage/port.ts";

export interface PodLogs {
  /** undefined when there is no such pod or container any more. */
  open(
    job: ProwJob,
    options: { container: string; follow: boolean; signal?: AbortSignal },
  ): Promise<ReadableStream<Uint8Array> | undefined>;
}

export interface LogExcerpt {
  lines: string[];
  /** Number of the first line, when it is known: the start of a log that was cut is not. */
  first: number;
  /** Bytes before the excerpt that are not shown. */
  skippedBytes: number;
}

/** No more of a log than this is put into a page; the rest is in the raw log. */
const EXCERPT_BYTES = 1_000_000;

/** The end of a stored log; undefined when it is not there. */
export async function storedLog(storage: BlobRead, url: string): Promise<LogExcerpt | undefined> {
  const info = await storage.stat(url);
  if (!info) return undefined;
  const compressed = info.contentEncoding === "gzip";
  const start = compressed ? 0 : Math.max(0, info.size - EXCERPT_BYTES);
  const stream = await storage.read(url, start > 0 ? { start } : undefined);
  const text = await readText(compressed ? gunzip(stream) : stream, EXCERPT_BYTES);
  const lines = text.replace(/\n$/, "").split("\n");
  // The first line of a cut log is a fragment.
  return { lines: start > 0 ? lines.slice(1) : lines, first: 1, skippedBytes: start };
}

/** Text of a stream, at most so many bytes of it: a small file may unpack to a huge one. */
export const readText = async (body: ReadableStream<Uint8Array>, bytes: number): Promise<string> =>
  (await textUpTo({ body }, bytes)).text;
