// An item as it lies in Redis: a line of JSON, then its payload, compressed. GitHub's payloads shrink to a sixth, and with
// them what Redis has in memory while workers are away, what it writes to disk, and how often it writes all of that anew.
import { promisify } from "node:util";
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import type { QueueItem } from "../port.ts";

export interface HeldItem extends Omit<QueueItem, "also"> {
  attempts: number;
}

/** zstd makes its tables as large as what is to come. */
const fast = (pledgedSrcSize: number) => ({
  pledgedSrcSize,
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
});
/** A thread costs twenty times what it takes to compress the usual payload; a large one would hold up everybody else. */
const AT_ONCE_CHARS = 256 * 1024;
const AT_ONCE_BYTES = 64 * 1024;
/** Most payloads in one piece. */
const WHOLE = { chunkSize: 32 * 1024 };
const NEWLINE = 10;
const compressBeside = promisify(zstdCompress);
const decompressBeside = promisify(zstdDecompress);

interface Payload {
  payload: string;
}

/** The line before the payload, without its end. */
export const headOf = ({ payload: _, ...head }: Payload): string => JSON.stringify(head);

export async function encodeHeld<T extends Payload>(item: T): Promise<Buffer> {
  const { payload } = item;
  const head = Buffer.from(`${headOf(item)}\n`);
  const isSmall = payload.length <= AT_ONCE_CHARS;
  // A text it would copy more often.
  const bytes = Buffer.from(payload);
  const how = fast(bytes.length);
  return Buffer.concat([head, isSmall ? zstdCompressSync(bytes, how) : await compressBeside(bytes, how)]);
}

export async function decodeHeld<T extends Payload = HeldItem>(bytes: Buffer): Promise<T> {
  const end = bytes.indexOf(NEWLINE);
  const rest = bytes.subarray(end + 1);
  const payload =
    rest.length <= AT_ONCE_BYTES ? zstdDecompressSync(rest, WHOLE) : await decompressBeside(rest);
  return { ...JSON.parse(bytes.toString("utf8", 0, end)), payload: payload.toString("utf8") } as T;
}
