// The log of a wrapped process: everything goes to a file, for sidecar, and to standard output, for the live view.
import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import type { UtilityIO } from "./utility.ts";

export interface ProcessLog {
  write(chunk: Uint8Array | string): void;
  /** A line of entrypoint's own, as JSON in upstream's field names: deck shows these with their level. */
  say(level: "info" | "error", message: string): void;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

/** Rejects when the file cannot be created. */
export async function openProcessLog(file: string, io: UtilityIO): Promise<ProcessLog> {
  const stream = createWriteStream(file, { fd: await open(file, "w", 0o666) });
  const write = (chunk: Uint8Array | string): void => {
    stream.write(chunk);
    io.stdout(chunk);
  };
  return {
    write,
    say(level, message) {
      const line = {
        component: "entrypoint",
        level,
        msg: message,
        severity: level,
        time: io.clock.now().toISOString(),
      };
      write(`${JSON.stringify(line)}\n`);
    },
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
