// A container's log on disk, in the format of Kubernetes' container runtimes: time, stream, tag and text of each line.
import { createWriteStream, watch } from "node:fs";
import { open } from "node:fs/promises";
import type { Clock } from "../../lib/clock.ts";

export interface LogWriter {
  write(stream: "stdout" | "stderr", chunk: Buffer): void;
  close(): Promise<void>;
}

/** A line that is not finished yet is written at once, tagged P (partial), so that followers see it. */
export function logWriter(file: string, clock: Clock): LogWriter {
  const out = createWriteStream(file, { flags: "a" });
  // A full disk loses log lines, not the kubelet.
  out.on("error", () => {});
  return {
    write(stream, chunk) {
      const time = clock.now().toISOString().replace("Z", "000000Z");
      for (let start = 0; start < chunk.length; ) {
        const newline = chunk.indexOf(0x0a, start);
        const end = newline < 0 ? chunk.length : newline;
        out.write(`${time} ${stream} ${newline < 0 ? "P" : "F"} `);
        out.write(chunk.subarray(start, end));
        out.write("\n");
        start = end + 1;
      }
    },
    close: () => new Promise((resolve) => out.end(() => resolve())),
  };
}

export interface LogOptions {
  follow?: boolean;
  tailLines?: number;
  limitBytes?: number;
  timestamps?: boolean;
  /** RFC 3339. */
  sinceTime?: string;
}

const LOOK_AGAIN_MS = 1_000;

/** Whether the container has ended, and when it does. */
export interface LogEnd {
  over(): boolean;
  /** Already resolved, or missing, when it has. */
  ended?: Promise<unknown>;
}

/** The text that the container printed. Following ends once it is over and everything has been read, or on abort. */
export async function* readLog(
  file: string,
  options: LogOptions,
  end: LogEnd,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const handle = await open(file, "r");
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  let skip = options.tailLines === undefined ? 0 : Math.max(0, (await countLines(file)) - options.tailLines);
  let lineStart = true;
  try {
    for await (const line of linesOf(handle, options.follow ? { file, end, clock, signal } : undefined)) {
      const { time, partial, text } = parsed(line);
      if (options.sinceTime && time < options.sinceTime) continue;
      if (skip > 0) {
        if (!partial) skip--;
        continue;
      }
      const stamp = options.timestamps && lineStart ? `${time} ` : "";
      const bytes = Buffer.concat([Buffer.from(stamp), text, Buffer.from(partial ? "" : "\n")]);
      lineStart = !partial;
      if (bytes.length >= left) {
        yield bytes.subarray(0, left);
        return;
      }
      left -= bytes.length;
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}

function parsed(line: Buffer): { time: string; partial: boolean; text: Buffer } {
  const first = line.indexOf(0x20);
  const second = line.indexOf(0x20, first + 1);
  const tag = line[second + 1];
  return { time: line.toString("latin1", 0, first), partial: tag === 0x50, text: line.subarray(second + 3) };
}

interface Following {
  file: string;
  end: LogEnd;
  clock: Clock;
  signal: AbortSignal;
}
type Handle = Awaited<ReturnType<typeof open>>;

async function* linesOf(handle: Handle, following?: Following): AsyncGenerator<Buffer> {
  let pending = Buffer.alloc(0);
  const chunk = Buffer.alloc(64 * 1024);
  while (!following?.signal.aborted) {
    // Asked before reading: what was written before the end is then read in any case.
    const last = following?.end.over() ?? true;
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead > 0) {
      pending = Buffer.concat([pending, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = pending.indexOf(0x0a); end >= 0; end = pending.indexOf(0x0a, start)) {
        yield pending.subarray(start, end);
        start = end + 1;
      }
      pending = pending.subarray(start);
    } else if (last || !following) return;
    else await changed(following);
  }
}

async function changed({ file, end, clock, signal }: Following): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  signal.addEventListener("abort", wake, { once: true });
  const watcher = watch(file, wake).on("error", wake);
  end.ended?.then(wake);
  await clock.sleep(LOOK_AGAIN_MS, woken.signal);
  watcher.close();
  signal.removeEventListener("abort", wake);
}

async function countLines(file: string): Promise<number> {
  const handle = await open(file, "r");
  let count = 0;
  let unfinished = false;
  for await (const line of linesOf(handle)) {
    unfinished = parsed(line).partial;
    if (!unfinished) count++;
  }
  await handle.close();
  return count + (unfinished ? 1 : 0);
}
