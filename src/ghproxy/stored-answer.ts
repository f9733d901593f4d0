// An answer as it is kept, and made whole again: plain text in every place that keeps texts.
import { isUtf8 } from "node:buffer";
import { readUpTo } from "../lib/read-up-to.ts";

/** A larger body is handed through as it comes. GitHub's lists are smaller, its blobs may have 100 MB. */
const WHOLE_BYTES = 8_000_000;

/** An answer whose body has been read, so that several can have it. */
export interface Answer {
  status: number;
  headers: [string, string][];
  body: Uint8Array;
  /** What follows of a large body: for one alone, and never kept. */
  rest?: ReadableStream<Uint8Array>;
}

/** Of this hop alone, or no longer true of a body that was decoded on the way. */
const OF_THE_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-encoding",
  "content-length",
]);

export const endToEnd = (headers: Headers): [string, string][] =>
  [...headers].filter(([name]) => !OF_THE_HOP.has(name));

export async function readAnswer(response: Response): Promise<Answer> {
  const { bytes: body, rest } = await readUpTo(response.body, WHOLE_BYTES);
  return { status: response.status, headers: endToEnd(response.headers), body, ...(rest && { rest }) };
}

const WITHOUT_BODY = new Set([101, 204, 205, 304]);

export const toResponse = ({ status, headers, body, rest }: Answer): Response =>
  new Response(
    WITHOUT_BODY.has(status) ? null : rest ? joined(body, rest) : (body as Uint8Array<ArrayBuffer>),
    { status, headers },
  );

function joined(start: Uint8Array, rest: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = rest.getReader();
  let isFirst = true;
  return new ReadableStream({
    async pull(controller) {
      if (isFirst) controller.enqueue(start);
      else {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      }
      isFirst = false;
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

export function withHeaders(answer: Answer, more: Record<string, string>): Answer {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return { ...answer, headers: [...headers] };
}

interface Kept {
  headers: [string, string][];
  text?: string;
  base64?: string;
}

export function toText({ headers, body }: Answer): string {
  const bytes = Buffer.from(body);
  const kept: Kept = isUtf8(bytes)
    ? { headers, text: bytes.toString("utf8") }
    : { headers, base64: bytes.toString("base64") };
  return JSON.stringify(kept);
}

/** undefined for what is no kept answer, or a broken one. */
export function fromText(text: string): Answer | undefined {
  try {
    const { headers, text: plain, base64 } = JSON.parse(text) as Kept;
    const body = plain === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(plain, "utf8");
    return { status: 200, headers: [...new Headers(headers)], body };
  } catch {
    return undefined;
  }
}
