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

export interface Reply {
  status: number;
  headers: Headers;
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

function headersOf(told: Dispatcher.ResponseData["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(told))
    for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
  return headers;
}
