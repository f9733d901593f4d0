// The files of jobs that an earlier process found no fault in: with the same surroundings it need not be looked for again.
import { hash } from "node:crypto";
import type { DecodeCache } from "./decode-cache.ts";
import type { Preset } from "./job.ts";
import type { SourceFile } from "./source.ts";

export interface SoundFiles {
  /** Paths of those that are known to be sound. */
  readonly paths: ReadonlySet<string>;
  /** Now every job of every file has been checked: all files are sound but these. */
  keepOthers(faulty: ReadonlySet<string>): void;
}

/** A job is checked together with the main files and all presets. */
export function soundFiles(
  cache: DecodeCache | undefined,
  mainFiles: readonly SourceFile[],
  presets: readonly Preset[],
  files: readonly SourceFile[],
): SoundFiles {
  if (!cache) return { paths: new Set(), keepOthers() {} };
  const surroundings = JSON.stringify([mainFiles.map(({ text }) => text), presets]);
  const kind = `sound.${hash("sha256", surroundings, "base64url")}`;
  const slots = files.map(({ path, text }) => ({ path, ...cache.slot(kind, text) }));
  const paths = new Set(slots.filter(({ answer }) => answer === true).map(({ path }) => path));
  return {
    paths,
    keepOthers(faulty) {
      for (const { path, keep } of slots) if (!paths.has(path) && !faulty.has(path)) keep(true);
    },
  };
}
