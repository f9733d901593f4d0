// Reads a request's body with a cap on its size and on what all requests together hold in memory.
import type { IncomingMessage } from "node:http";

/** GitHub's own cap on a payload. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** While all bodies together hold more than this, each that is itself large is turned away. */
const CROWDED_BYTES = 64 * 1024 * 1024;
const LARGE_BYTES = 1024 * 1024;

export type Body = { bytes: Buffer } | { refused: 413 | 503 } | { failed: Error };

export interface BodyReader {
  read(request: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<Body>;
}

export function bodyReader(): BodyReader {
  let heldByAll = 0;
  return {
    async read(request, onChunk) {
      if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuse(request, 413);
      const chunks: Buffer[] = [];
      let held = 0;
      try {
        for await (const chunk of pieces(request)) {
          held += chunk.length;
          heldByAll += chunk.length;
          if (held > MAX_BODY_BYTES) return await refuse(request, 413);
          if (heldByAll > CROWDED_BYTES && held > LARGE_BYTES) return await refuse(request, 503);
          chunks.push(chunk);
          onChunk(chunk);
        }
        return { bytes: Buffer.concat(chunks, held) };
      } catch (error) {
        return { failed: error as Error };
      } finally {
        heldByAll -= held;
      }
    },
  };
}

/** Stopping early must not destroy the request, or its answer could not be sent. */
const pieces = (request: IncomingMessage): AsyncIterable<Buffer> =>
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/** Lets the sender finish (within reason), since many read the answer only then. */
async function refuse(request: IncomingMessage, status: 413 | 503): Promise<Body> {
  let discarded = 0;
  for await (const chunk of pieces(request)) {
    discarded += chunk.length;
    if (discarded > MAX_BODY_BYTES) break;
  }
  return { refused: status };
}
