// Censors logs and artifacts in place, before anything is uploaded, and says which ones must stay here.
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, matchesGlob, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { sideBySide } from "../lib/side-by-side.ts";
import type { CensoringOptions } from "../model/utility-options.ts";
import type { Censor } from "./censor.ts";
import { isGzip, isZip } from "./media-type.ts";
import { filesBelow } from "./upload-plan.ts";

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
): Promise<Map<string, string>> {
  const files = [...logs];
  const copied = new Set(logs);
  for (const item of items) {
    const info = await stat(item).catch(() => undefined);
    const found = info?.isDirectory() ? await filesBelow(item, () => {}) : info ? [item] : [];
    files.push(...found.filter((file) => selected(relative(item, file), options)));
  }
  const failed = new Map<string, string>();
  await sideBySide([...new Set(files)], options.censoring_concurrency || CONCURRENCY, async (file) => {
    try {
      await censorFile(file, copied.has(file) ? censoredCopy(file) : file, censor);
    } catch (error) {
      // An absent log has nothing to hide; sidecar says so in its place.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") failed.set(file, (error as Error).message);
    }
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

async function censorFile(file: string, result: string, censor: Censor): Promise<void> {
  const head = await firstBytes(file);
  if (result === file && isZip(head)) {
    const { zipContains } = await import("./zip.ts");
    if (await zipContains(file, censor)) throw new Error("the zip archive contains a secret");
    return;
  }
  const temporary = join(dirname(file), `.tmp-censor-${basename(file)}`);
  const { mode } = await stat(file);
  try {
    // A tar in the gzip is censored as it is, since replacements keep every length.
    const source = createReadStream(file);
    const target = createWriteStream(temporary, { flags: "wx", mode });
    if (result === file && isGzip(head))
      await pipeline(source, createGunzip(), censor.stream(), createGzip(), target);
    else await pipeline(source, censor.stream(), target);
    await chmod(temporary, mode);
    await rename(temporary, result);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
