// Reads a request's body with a cap on its size and on what all requests together hold in memory.
import type { IncomingMessage } from "node:http";

/** GitHub's own cap on a payload. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** While all bodies together hold more than this, each that is itself large is turned away. */
const CROWDED_BYTES = 64 * 1024 * 1024;
/** Most of GitHub's payloads are smaller. */
const LARGE_BYTES = 64 * 1024;
/** With one more under way the oldest is cut off: GitHub sends a body in one go, so that is somebody else's. */
const MOST_BODIES = 500;
/** What keeping a piece costs besides its bytes: a body may come in pieces of a byte each. */
const PIECE_BYTES = 256;

export type Body = { bytes: Buffer } | { refused: 413 | 503 } | { failed: Error };

export interface BodyReader {
  read(request: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<Body>;
}

/** Together its bodies hold at most about 100 MB. */
export function bodyReader(): BodyReader {
  let heldByAll = 0;
  const underWay = new Set<IncomingMessage>();
  return {
    async read(request, onChunk) {
      if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuse(request, 413);
      const chunks: Buffer[] = [];
      let size = 0;
      let held = 0;
      underWay.add(request);
      if (underWay.size > MOST_BODIES) cutOff(underWay);
      try {
        for await (const chunk of pieces(request)) {
          size += chunk.length;
          held += chunk.length + PIECE_BYTES;
          heldByAll += chunk.length + PIECE_BYTES;
          const refusal = size > MAX_BODY_BYTES ? 413 : 503;
          if (refusal === 413 || (heldByAll > CROWDED_BYTES && held > LARGE_BYTES)) {
            chunks.length = 0;
            heldByAll -= held;
            held = 0;
            return await refuse(request, refusal);
          }
          chunks.push(chunk);
          onChunk(chunk);
        }
        return { bytes: Buffer.concat(chunks, size) };
      } catch (error) {
        return { failed: error as Error };
      } finally {
        heldByAll -= held;
        underWay.delete(request);
      }
    },
  };
}

/** The first that came of a set. */
function cutOff(requests: Set<IncomingMessage>): void {
  for (const oldest of requests) {
    requests.delete(oldest);
    oldest.destroy(new Error("cut off, since too many requests are under way"));
    return;
  }
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
