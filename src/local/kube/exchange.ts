// Reading requests and writing answers over node:http.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "./json.ts";
import { ApiError } from "./status.ts";

/** As Kubernetes: 3 MB. */
const LARGEST_BODY = 3 * 1024 * 1024;

/** Throws ApiError 413. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) {
      const words = `Request entity too large: limit is ${LARGEST_BODY}`;
      throw new ApiError(413, "RequestEntityTooLarge", words, {});
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: JsonObject | string,
  warnings: string[] = [],
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (warnings.length > 0) response.setHeader("warning", warnings.map(warning));
  response.writeHead(code, {
    "content-type": "application/json",
    "cache-control": "no-cache, private",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

const warning = (text: string): string => `299 - ${JSON.stringify(text).replace(/[^\x20-\x7e]/g, "?")}`;

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}

/** An answer under way can only be cut off. */
export function sendError(response: ServerResponse, error: ApiError): void {
  if (response.headersSent) response.destroy();
  else {
    const retry = error.details?.["retryAfterSeconds"];
    if (typeof retry === "number") response.setHeader("retry-after", String(retry));
    sendJson(response, error.code, error.toStatus());
  }
}
