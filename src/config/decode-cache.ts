// What files decode to, kept on disk by their content, so that a later process reads only what it has not seen yet.
import { hash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { codeVersion } from "./code-version.ts";

/** Answers are plain JSON data. A cache that cannot be read or written is an empty one: nothing here throws. */
export interface DecodeCache {
  /** `kind` says what the text is decoded as. */
  slot(kind: string, text: string): Slot;
  /** Writes what is new, and lets go of what was read: later questions find nothing. */
  save(): void;
}

/** The place of one answer. */
export interface Slot {
  readonly answer: unknown;
  /** The value must stay as it is until `save`. */
  keep(value: unknown): void;
}

const NAME = "decoded-config";
const MARK = "cutwater decoded 1";
/** Beyond it the cache starts afresh: bytes. */
const MOST_BYTES = 64e6;
const LONGEST_ENTRY = 4e6;

/** `directory` need not exist. With `version` of the code that decodes, for tests. */
export function openDecodeCache(directory: string, version = codeVersion()): DecodeCache {
  const path = join(directory, NAME);
  const header = Buffer.from(`${MARK} ${version}\n`);
  let pack: Pack | undefined = readPack(path, header);
  const kept = pack.whole;
  const fresh = new Map<string, unknown>();
  const digests = new Map<string, string>();
  const digestOf = (text: string): string => {
    const digest = digests.get(text) ?? hash("sha256", text, "base64url");
    digests.set(text, digest);
    return digest;
  };
  return {
    slot(kind, text) {
      const key = `${kind}-${digestOf(text)}`;
      return { answer: pack && entryOf(pack, key), keep: (value) => void fresh.set(key, value) };
    },
    save() {
      const before = pack;
      pack = undefined;
      digests.clear();
      if (!fresh.size) return;
      const entries = Buffer.concat([...fresh].map(([key, value]) => written(key, value)));
      fresh.clear();
      attempt(() => {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        if (kept || !before) return appendFileSync(path, entries);
        const part = `${path}.${process.pid}`;
        writeFileSync(
          part,
          Buffer.concat([header, before.bytes.subarray(header.length, before.end), entries]),
          {
            mode: 0o600,
          },
        );
        renameSync(part, path);
      });
    },
  };
}

/** A line that says what follows, then the JSON, then the end of its line. */
function written(key: string, value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  if (json.length > LONGEST_ENTRY) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from(`${key} ${crc32(json)} ${json.length}\n`), json, Buffer.from("\n")]);
}

interface Pack {
  bytes: Buffer;
  /** Where each answer stands, with the sum that shows it undamaged. */
  index: ReadonlyMap<string, { start: number; end: number; sum: number }>;
  /** Up to here it is sound. */
  end: number;
  /** Whether it is sound to its end, so that more may be added. */
  whole: boolean;
}

function readPack(path: string, header: Buffer): Pack {
  const bytes = attempt(() => (statSync(path).size <= MOST_BYTES ? readFileSync(path) : undefined));
  const nothing = { bytes: header, index: new Map(), end: header.length, whole: false };
  if (!bytes?.subarray(0, header.length).equals(header)) return nothing;
  const index = new Map<string, { start: number; end: number; sum: number }>();
  let at = header.length;
  while (at < bytes.length) {
    const line: number = bytes.indexOf(10, at);
    const [key, sum, length]: string[] = line < 0 ? [] : bytes.toString("latin1", at, line).split(" ");
    const start = line + 1;
    const end = start + Number(length);
    if (!key || !(end < bytes.length) || bytes[end] !== 10) return { bytes, index, end: at, whole: false };
    index.set(key, { start, end, sum: Number(sum) });
    at = end + 1;
  }
  return { bytes, index, end: at, whole: true };
}

/** A damaged answer is none. */
function entryOf({ bytes, index }: Pack, key: string): unknown {
  const at = index.get(key);
  if (!at || crc32(bytes.subarray(at.start, at.end)) !== at.sum) return undefined;
  return attempt(() => JSON.parse(bytes.toString("utf8", at.start, at.end)) as unknown);
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
