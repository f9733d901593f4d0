// A disk that loses what was not synced, and that can stand still: real files, with a little C between them and a program.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasBinary } from "./has-binary.ts";

export interface Disk {
  /** For the program's environment. */
  env: Record<string, string>;
  /** While it stands still, no sync comes to an end. */
  stall(): void;
  resume(): void;
  /** The power has failed, and the program is gone: cuts every file to what was synced last. Returns how much was lost. */
  cut(): number;
  dispose(): void;
}

export const whyNoDisk = (): string | undefined =>
  process.platform === "linux" && hasBinary("cc") ? undefined : "a C compiler on Linux is missing";

/** `delayMs`: how long a sync takes. */
export function disk(delayMs: number): Disk {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-disk-"));
  const [library, stall, log] = ["disk.so", "stall", "log"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  execFileSync("cc", ["-shared", "-fPIC", "-o", library, join(import.meta.dirname, "disk.c"), "-ldl"]);
  return {
    env: { LD_PRELOAD: library, DISK_STALL: stall, DISK_LOG: log, DISK_DELAY_US: `${delayMs * 1_000}` },
    stall: () => writeFileSync(stall, ""),
    resume: () => rmSync(stall, { force: true }),
    cut() {
      let lost = 0;
      for (const [path, size] of syncedSizes(log)) {
        if (!existsSync(path)) continue;
        const extra = statSync(path).size - size;
        if (extra > 0) truncateSync(path, size);
        lost += Math.max(0, extra);
      }
      rmSync(log, { force: true });
      return lost;
    },
    dispose: () => rmSync(directory, { recursive: true }),
  };
}

/** By path; the last line counts. */
function syncedSizes(log: string): Map<string, number> {
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
  return new Map(
    lines.map((line) => {
      const space = line.indexOf(" ");
      return [line.slice(space + 1), Number(line.slice(0, space))];
    }),
  );
}
