// Reads a request's body with a cap on its size and on what all requests together hold in memory.
import type { IncomingMessage } from "node:http";
import { inRounds } from "../lib/waiting/in-rounds.ts";

/** GitHub's own cap on a payload. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** While all bodies together hold more than this, the large ones give up their room, the oldest first. */
const CROWDED_BYTES = 64 * 1024 * 1024;
/** Most of GitHub's payloads are smaller, and those have room of their own. */
const LARGE_BYTES = 64 * 1024;
/** With one more under way the oldest is cut off: GitHub sends a body in one go, so that is somebody else's. */
const MOST_BODIES = 500;
/** Of large bodies together, 64 KB each. */
const PIECES_A_ROUND = 4;
/** What keeping a piece costs besides its bytes: a body may come in pieces of a byte each. */
const PIECE_BYTES = 256;

/** What whoever sent a body that is refused is told. */
export const REFUSALS: { readonly [status in 413 | 503]: string } = {
  413: "413 Request Entity Too Large: more than 25 MB",
  503: "503 Service Unavailable: too many large requests at once",
};

export type Body<T> = { used: T } | { refused: 413 | 503 } | { failed: Error };

export interface BodyReader {
  /** `use` is given the whole body, which counts as held until it is done. Rejects when that does. */
  read<T>(request: IncomingMessage, use: (bytes: Buffer) => Promise<T>): Promise<Body<T>>;
}

/** What is there of a body. */
interface Part {
  chunks: Buffer[];
  size: number;
  /** 0 once it has given up its room. */
  held: number;
  refused?: 413 | 503;
}

/** Together its bodies hold at most about 100 MB. */
export function bodyReader(): BodyReader {
  const turn = inRounds(PIECES_A_ROUND);
  let heldByAll = 0;
  const underWay = new Set<IncomingMessage>();
  /** Those that became large, the oldest first. */
  const large = new Set<Part>();
  const drop = (part: Part) => {
    large.delete(part);
    heldByAll -= part.held;
    part.held = 0;
    part.chunks.length = 0;
  };
  const refuse = (part: Part, status: 413 | 503) => {
    drop(part);
    part.refused = status;
  };
  const hold = (part: Part, chunk: Buffer) => {
    part.chunks.push(chunk);
    part.held += chunk.length + PIECE_BYTES;
    heldByAll += chunk.length + PIECE_BYTES;
    if (part.held > LARGE_BYTES) large.add(part);
    // Whoever sends slowly, or never ends, is old: they must not keep the room from those who come.
    for (const oldest of large) {
      if (heldByAll <= CROWDED_BYTES) break;
      refuse(oldest, 503);
    }
  };
  return {
    async read(request, use) {
      const part: Part = { chunks: [], size: 0, held: 0 };
      if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) part.refused = 413;
      underWay.add(request);
      if (underWay.size > MOST_BODIES) cutOff(underWay);
      const whole = async (): Promise<Buffer | Exclude<Body<never>, { used: never }>> => {
        try {
          for await (const chunk of pieces(request)) {
            part.size += chunk.length;
            if (part.size > MAX_BODY_BYTES) refuse(part, 413);
            if (part.refused) return await discard(request, part.refused, turn);
            hold(part, chunk);
            if (part.size > LARGE_BYTES) await turn();
          }
        } catch (error) {
          return { failed: error as Error };
        }
        if (part.refused) return { refused: part.refused };
        // From now on it cannot give up its room.
        large.delete(part);
        return Buffer.concat(part.chunks.splice(0), part.size);
      };
      try {
        const found = await whole();
        return Buffer.isBuffer(found) ? { used: await use(found) } : found;
      } finally {
        drop(part);
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
async function discard(
  request: IncomingMessage,
  status: 413 | 503,
  turn: () => Promise<void>,
): Promise<{ refused: 413 | 503 }> {
  let discarded = 0;
  for await (const chunk of pieces(request)) {
    discarded += chunk.length;
    if (discarded > MAX_BODY_BYTES) break;
    await turn();
  }
  return { refused: status };
}
