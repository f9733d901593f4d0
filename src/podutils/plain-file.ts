// Reads what a test has left behind. It may have put links, pipes or devices there: only plain files of its volume count.
import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { WrapperOptions } from "../model/utility-options.ts";

export interface Place {
  file: string;
  /** Where the file must lie, however its path is changed meanwhile: a path without links. */
  directory: string;
}

/** Directories that are shared with the test; what is below them is the test's to change. */
export type Volumes = readonly string[];

export const volumesOf = (entries: readonly WrapperOptions[]): Volumes =>
  entries.flatMap(({ process_log, marker_file }) => [dirname(process_log), dirname(marker_file)]);

const isBelow = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** The directory's path when nothing below its volume is a link. Rejects when the volume is not there. */
export async function trueDirectory(directory: string, volumes: Volumes): Promise<string> {
  const [outermost = directory] = volumes
    .filter((volume) => directory === volume || isBelow(directory, volume))
    .sort((a, b) => a.length - b.length);
  return join(await realpath(outermost), relative(outermost, directory));
}

export const placeOf = async (file: string, volumes: Volumes): Promise<Place> => ({
  file,
  directory: await trueDirectory(dirname(file), volumes),
});

/** Rejects for whatever is not a plain file in its directory; never waits for a pipe's other end. */
export async function openPlain({ file, directory }: Place): Promise<FileHandle> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
    throw error.code === "ELOOP" ? new Error(`${file} is a link, which is not followed`) : error;
  });
  try {
    if (!(await handle.stat()).isFile()) throw new Error(`${file} is not a plain file`);
    await checkInside(handle, { file, directory });
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Of what is open, since the path may lead elsewhere by now. Rejects when it is not in the directory. */
export async function checkInside(handle: FileHandle, { file, directory }: Place): Promise<void> {
  // Only Linux tells where an open file is.
  const at = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(file));
  if (!isBelow(at, directory)) throw new Error(`${file} is reached by a link below its volume`);
}

/** Rejects also when it is larger than `mostBytes`. */
export async function readPlain(place: Place, mostBytes: number): Promise<string> {
  const handle = await openPlain(place);
  try {
    const { size } = await handle.stat();
    if (size > mostBytes) throw new Error(`${place.file} is larger than ${mostBytes} bytes`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}
