// A watch: one long answer of JSON lines, read as events until the server ends it.
import type { KubeObject } from "../model/kube-object.ts";
import { type Connection, statusError, transportError } from "./connection.ts";
import { KubeError } from "./error.ts";
import type { WatchEvent } from "./port.ts";

/** The server ends a watch after this long; the next goes on where it stopped. */
export const WATCH_SECONDS = 290;
/** The server sends a bookmark once a minute: what is silent for longer may be dead, and asking anew costs little. */
const SILENCE_MS = 75_000;

export async function* watchEvents<T extends KubeObject>(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  try {
    const answer = await connection.send({ method: "GET", path, signal, silenceMs: SILENCE_MS });
    for await (const line of lines(answer.body)) {
      const event = parseEvent<T>(line, path);
      if (event) yield event;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw transportError(error, `watch ${path}`);
  }
}

type RawEvent = {
  type?: string;
  object?: { code?: number; reason?: string; message?: string };
};

function parseEvent<T extends KubeObject>(line: string, path: string): WatchEvent<T> | undefined {
  let event: RawEvent;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new KubeError(0, "InvalidAnswer", `watch ${path}: a line is not JSON: ${line.slice(0, 100)}`, {
      cause,
    });
  }
  switch (event.type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
    case "BOOKMARK":
      return event as WatchEvent<T>;
    case "ERROR":
      throw statusError(event.object?.code ?? 500, event.object ?? {}, line, `watch ${path}`);
    default:
      return undefined;
  }
}

const NEWLINE = 10;

/** Lines of a byte stream. Pieces of a long line are joined once, at its end. */
export async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pieces.push(chunk.subarray(start, end));
      const line = Buffer.concat(pieces).toString("utf8");
      pieces = [];
      start = end + 1;
      if (line.trim()) yield line;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  const rest = Buffer.concat(pieces).toString("utf8");
  if (rest.trim()) yield rest;
}
