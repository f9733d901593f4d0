// What a guest says, line by line, into our log: its own levels where it logs with Probot's, and never more than is bearable.
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { isRecord } from "../lib/schema.ts";

const LONGEST_LINE = 8_192;
const LINES_A_SPAN = 200;
const SPAN_MS = 10_000;

/** pino's numbers. */
const LEVELS = { 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "error" } as const;
type Level = (typeof LEVELS)[keyof typeof LEVELS];

export function guestLog(log: Logger, clock: Pick<Clock, "now">) {
  let span = { began: 0, lines: 0 };

  function mayPass(): boolean {
    const now = clock.now().getTime();
    if (now - span.began >= SPAN_MS) {
      const hidden = span.lines - LINES_A_SPAN;
      if (hidden > 0) log.warn({ hidden }, "The Probot app says too much; lines were left out.");
      span = { began: now, lines: 0 };
    }
    return ++span.lines <= LINES_A_SPAN;
  }

  return (stream: Readable, level: Level): void => {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    const say = (line: string): void => {
      if (line.trim() === "" || !mayPass()) return;
      const said = parsed(line.slice(0, LONGEST_LINE), level);
      log[said.level](said.fields, said.message);
    };
    stream.on("data", (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) say(line);
      // A line without end must not grow in our memory.
      if (rest.length <= LONGEST_LINE) return;
      say(rest);
      rest = "";
    });
    stream.on("end", () => say(rest));
  };
}

function parsed(
  line: string,
  level: Level,
): { level: Level; fields: Record<string, unknown>; message: string } {
  const plain = { level, fields: {}, message: line };
  if (!line.startsWith("{")) return plain;
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value) || typeof value["level"] !== "number") return plain;
    const { level: number, msg, name: _name, err, ...fields } = value;
    const known = LEVELS[number as keyof typeof LEVELS] ?? "debug";
    const error = isRecord(err) ? err["message"] : undefined;
    return {
      level: known,
      fields: {
        ...(Object.keys(fields).length > 0 && { said: fields }),
        ...(error !== undefined && { error }),
      },
      message: typeof msg === "string" ? msg : "",
    };
  } catch {
    return plain;
  }
}
