// Censors logs and artifacts in place, before anything is uploaded, and says which ones must stay here.
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, matchesGlob } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { sideBySide } from "../lib/side-by-side.ts";
import type { CensoringOptions } from "../model/utility-options.ts";
import { artifactFiles } from "./artifact-files.ts";
import type { Censor } from "./censor.ts";
import { isGzip, isZip } from "./media-type.ts";
import { checkInside, openPlain, type Place, placeOf, type Volumes } from "./plain-file.ts";

const CONCURRENCY = 10;

/** A log is censored into a copy: its process may still be writing to it. */
export const censoredCopy = (log: string): string => `${log}.censored`;

/**
 * Returns the files that may still hold secrets, with the reason: they must not be uploaded. `items` are files and
 * directories of artifacts, which the include and exclude globs apply to; `logs` are always censored, into copies.
 */
export async function censorFiles(
  logs: string[],
  items: string[],
  options: CensoringOptions,
  censor: Censor,
  volumes: Volumes = [],
): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  // What is absent has nothing to hide; sidecar says so in its place.
  const note = (file: string) => (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") failed.set(file, error.message);
  };
  const places = new Map<string, Place & { result: string }>();
  for (const item of items) {
    const found = (await artifactFiles(item, volumes, () => {}).catch(note(item))) ?? [];
    for (const { path, ...place } of found)
      if (selected(path, options)) places.set(place.file, { ...place, result: place.file });
  }
  for (const log of logs) {
    const place = await placeOf(log, volumes).catch(note(log));
    if (place) places.set(log, { ...place, result: censoredCopy(log) });
  }
  await sideBySide([...places.values()], options.censoring_concurrency || CONCURRENCY, async (place) => {
    await censorFile(place, place.result, censor).catch(note(place.file));
  });
  return failed;
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
      const { zipContains } = await import("./zip.ts");
      if (zipContains(await source.readFile(), censor)) throw new Error("the zip archive contains a secret");
    } else await replace(place, result, source, inPlace && isGzip(head), censor);
  } finally {
    await source.close();
  }
}

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
    if (gzip) await pipeline(from, createGunzip(), censor.stream(), createGzip(), to);
    else await pipeline(from, censor.stream(), to);
    await rename(temporary, result);
  } catch (error) {
    await target.close();
    await rm(temporary, { force: true });
    throw error;
  }
}
