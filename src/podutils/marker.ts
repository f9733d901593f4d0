// The marker file: how entrypoint tells sidecar, and the entrypoint of the next container, that a process is over.
import { watch } from "node:fs";
import { chmod, mkdtemp, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { placeOf, readPlain } from "./plain-file.ts";

/** Could not run the process, or it ran into its timeout. */
export const INTERNAL_ERROR = 127;
/** Was interrupted from outside. */
export const ABORTED = 130;
/** Was never started, since the container before it failed. */
export const PREVIOUS_FAILED = 1130;

/** Watching is not reliable on every file system, so the files are looked for as well. */
const LOOK_AGAIN_MS = 5_000;

/** A number is shorter. */
const MARKER_BYTES = 64;

/** Atomic: whoever sees the file can read it, whole. */
export async function writeMarker(file: string, code: number, containerName = ""): Promise<void> {
  const directory = await mkdtemp(join(dirname(file), containerName || "marker"));
  const temporary = join(directory, "temp-marker");
  const handle = await open(temporary, "w");
  await handle.writeFile(String(code));
  await handle.sync();
  await handle.close();
  await chmod(temporary, 0o777);
  await rename(temporary, file);
  await rm(directory, { recursive: true, force: true });
}

/** The exit code in each file, -1 for one that holds none; waits until all exist. Rejects when `signal` aborts. */
export async function waitForMarkers(files: string[], clock: Clock, signal?: AbortSignal): Promise<number[]> {
  return await Promise.all(files.map((file) => waitForMarker(file, clock, signal)));
}

async function waitForMarker(file: string, clock: Clock, signal?: AbortSignal): Promise<number> {
  while (true) {
    const stop = new AbortController();
    const wake = () => stop.abort();
    signal?.addEventListener("abort", wake);
    // Watch first, then look: nothing can be written in between unnoticed.
    const watcher = watched(dirname(file), wake);
    try {
      const content = await read(file).catch(ignoreMissing);
      if (content !== undefined) return /^-?\d+$/.test(content.trim()) ? Number(content) : -1;
      if (signal?.aborted) throw new Error(`cancelled while waiting for ${file}`);
      await clock.sleep(LOOK_AGAIN_MS, stop.signal);
    } finally {
      watcher?.close();
      signal?.removeEventListener("abort", wake);
    }
  }
}

const read = async (file: string): Promise<string> => readPlain(await placeOf(file, []), MARKER_BYTES);

function watched(directory: string, wake: () => void): { close(): void } | undefined {
  try {
    return watch(directory, wake).on("error", wake);
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): string | undefined {
  return error.code === "ENOENT" ? undefined : "unreadable";
}
