// Censors logs and artifacts in place, before anything is uploaded, and says which ones must stay here.
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, matchesGlob } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import type { CensoringOptions } from "../model/utility-options.ts";
import { artifactFiles } from "./artifact-files.ts";
import type { Censor } from "./censor.ts";
import { isGzip, isZip } from "./media-type.ts";
import { checkInside, openPlain, type Place, placeOf, type Volumes } from "./plain-file.ts";

const CONCURRENCY = 10;

/** What a compressed file may unpack to: a small one can stand for more than the disk holds. */
const MOST_UNPACKED_BYTES = 100 * 1024 * 1024;

export interface CensorOutcome {
  /** Files that may still hold secrets, with the reason. */
  failed: Map<string, string>;
  /** Files that hold none any more, or were excluded by the options. */
  free: Set<string>;
}

/** A log is censored into a copy: its process may still be writing to it. */
export const censoredCopy = (log: string): string => `${log}.censored`;

/**
 * What is not free of secrets afterwards must not be uploaded. `items` are files and directories of artifacts, which the
 * include and exclude globs apply to; `logs` are always censored, into copies.
 */
export async function censorFiles(
  logs: string[],
  items: string[],
  options: CensoringOptions,
  censor: Censor,
  volumes: Volumes = [],
): Promise<CensorOutcome> {
  const failed = new Map<string, string>();
  const free = new Set<string>();
  // What is absent has nothing to hide; sidecar says so in its place.
  const note = (file: string) => (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") failed.set(file, error.message);
  };
  const places = new Map<string, Place & { result: string }>();
  for (const item of items) {
    const found = (await artifactFiles(item, volumes, () => {}).catch(note(item))) ?? [];
    for (const { path, ...place } of found)
      if (selected(path, options)) places.set(place.file, { ...place, result: place.file });
      else free.add(place.file);
  }
  for (const log of logs) {
    const place = await placeOf(log, volumes).catch(note(log));
    if (place) places.set(log, { ...place, result: censoredCopy(log) });
  }
  await sideBySide([...places.values()], options.censoring_concurrency || CONCURRENCY, async (place) => {
    const done = censorFile(place, place.result, censor).then(() => void free.add(place.file));
    await done.catch(note(place.file));
  });
  return { failed, free };
}

/** `path` is relative to the item; excluded wins over included. */
function selected(
  path: string,
  { include_directories = [], exclude_directories = [] }: CensoringOptions,
): boolean {
  const matches = (globs: string[]) => globs.some((glob) => matchesGlob(path, glob));
  return !matches(exclude_directories) && (include_directories.length === 0 || matches(include_directories));
}

async function censorFile(place: Place, result: string, censor: Censor): Promise<void> {
  const source = await openPlain(place);
  try {
    const { buffer, bytesRead } = await source.read(new Uint8Array(512), 0, 512, 0);
    const head = buffer.subarray(0, bytesRead);
    const inPlace = result === place.file;
    if (inPlace && isZip(head)) {
      const { size } = await source.stat();
      if (size > MOST_UNPACKED_BYTES) throw tooLarge("is");
      const { zipContains } = await import("./zip.ts");
      if (zipContains(await source.readFile(), censor, MOST_UNPACKED_BYTES))
        throw new Error("the zip archive contains a secret");
    } else await replace(place, result, source, inPlace && isGzip(head), censor);
  } finally {
    await source.close();
  }
}

const tooLarge = (verb: string): Error =>
  new Error(`it ${verb} more than ${MOST_UNPACKED_BYTES} bytes, which is more than is searched`);

/** Fails as soon as more comes. */
const atMost = (bytes: number): Transform => {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left < 0) done(tooLarge("unpacks to"));
      else done(null, chunk);
    },
  });
};

/** Through a file beside it, which must be new: a test that has guessed its name could have made it a link. */
async function replace(
  { file, directory }: Place,
  result: string,
  source: FileHandle,
  gzip: boolean,
  censor: Censor,
): Promise<void> {
  const temporary = join(dirname(file), `.tmp-censor-${basename(file)}`);
  const { mode } = await source.stat();
  const target = await open(temporary, "wx", mode);
  try {
    await checkInside(target, { file: temporary, directory });
    await target.chmod(mode);
    const from = source.createReadStream({ start: 0, autoClose: false });
    const to = target.createWriteStream();
    // A tar in the gzip is censored as it is, since replacements keep every length.
    if (gzip)
      await pipeline(from, createGunzip(), atMost(MOST_UNPACKED_BYTES), censor.stream(), createGzip(), to);
    else await pipeline(from, censor.stream(), to);
    await rename(temporary, result);
  } catch (error) {
    await target.close();
    await rm(temporary, { force: true });
    throw error;
  }
}
