// One request over HTTP and its answer, read to the end. `fetch` would take three times the CPU for it.
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Dispatcher, request } from "undici";

/** Names are in lower case. */
export type OutgoingHeaders = Readonly<Record<string, string>>;

export interface Question {
  method: string;
  headers: OutgoingHeaders;
  body?: string | undefined;
  signal: AbortSignal;
}

/** Names are in lower case; what comes several times is one text, with commas. */
export interface AnswerHeaders extends Iterable<[name: string, value: string]> {
  get(name: string): string | null | undefined;
  has(name: string): boolean;
}

export interface Reply {
  status: number;
  headers: AnswerHeaders;
  /** Unpacked. */
  body: Buffer;
}

export type Ask = (url: string, question: Question) => Promise<Reply>;

const unpack = promisify(gunzip);

/** Follows no redirects; rejects with what undici throws, or with `signal`'s reason. */
export const askThrough =
  (dispatcher: Dispatcher): Ask =>
  async (url, { method, headers, body, signal }) => {
    const answer = await request(url, {
      ...{ dispatcher, signal, method: method as Dispatcher.HttpMethod },
      headers: { "accept-encoding": "gzip", ...headers },
      ...(body !== undefined && { body }),
      // The signal alone says how long it may take.
      ...{ headersTimeout: 0, bodyTimeout: 0 },
    });
    const told = headersOf(answer.headers);
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const packed = told.get("content-encoding") === "gzip" && bytes.length > 0;
    return { status: answer.statusCode, headers: told, body: packed ? await unpack(bytes) : bytes };
  };

// `Headers` would look at each letter of what undici has read.
const headersOf = (told: Dispatcher.ResponseData["headers"]): AnswerHeaders =>
  new Map(
    Object.entries(told).map(([name, value = ""]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
