// Looks for secrets inside a zip archive. It is not rewritten: one that holds a secret is not uploaded.
import { inflateRawSync } from "node:zlib";
import type { Censor } from "./censor.ts";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
/**
 * Throws when the archive cannot be read as a whole: then it is not known to be free of secrets. `mostUnpacked` is for all
 * entries together: a small archive may name the same bytes, or many that are all alike, again and again.
 */
export function zipContains(bytes: Buffer, censor: Censor, mostUnpacked: number): boolean {
  if (censor.contains(bytes)) return true;
  for (const content of entries(bytes, mostUnpacked)) if (censor.contains(content)) return true;
  return false;
}

function* entries(zip: Buffer, mostUnpacked: number): Generator<Buffer> {
  let left = mostUnpacked;
  const end = endOfDirectory(zip);
  const count = zip.readUInt16LE(end + 10);
  if (count === 0xffff) throw new Error("zip64 archives are not read");
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error("the zip archive's directory is damaged");
    const content = contentOf(zip, at, left);
    left -= content.length;
    if (left < 0) throw tooLarge();
    yield content;
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

const tooLarge = (): Error => new Error("the zip archive unpacks to more than is searched");

function contentOf(zip: Buffer, at: number, mostBytes: number): Buffer {
  if (zip.readUInt16LE(at + 8) & 1) throw new Error("the zip archive is encrypted");
  const method = zip.readUInt16LE(at + 10);
  const local = zip.readUInt32LE(at + 42);
  if (zip.readUInt32LE(local) !== LOCAL_ENTRY) throw new Error("the zip archive is damaged");
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const stored = zip.subarray(start, start + zip.readUInt32LE(at + 20));
  if (method === 0) return stored;
  if (method === 8) return inflated(stored, mostBytes);
  throw new Error(`the zip archive uses compression method ${method}, which is not read`);
}

function inflated(packed: Buffer, mostBytes: number): Buffer {
  try {
    // One byte more tells that there is more.
    return inflateRawSync(packed, { maxOutputLength: mostBytes + 1 });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? tooLarge() : error;
  }
}

/** The record at the end may be followed by a comment of up to 64 KiB. */
function endOfDirectory(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error("the zip archive has no directory");
}
