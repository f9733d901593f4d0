// Reads a list item by item as it comes, so that neither the text of a long one nor its whole objects are ever in memory.
import { KubeError } from "./error.ts";

/** All of a list but its items. */
export interface ListHead {
  metadata: { resourceVersion: string; continue?: string };
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN, CLOSE, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const ITEMS = Buffer.from("items");
/** The list itself is at 1, its array of items at 2. */
const DEPTH_OF_ITEMS = 2;

/** Calls `see` with each of its items. Throws KubeError when the text is no list or ends too early. */
export async function readList<T>(
  body: AsyncIterable<Uint8Array>,
  path: string,
  see: (item: T) => void,
): Promise<ListHead> {
  const cutter = new Cutter((item) => see(parse<T>(item, path)));
  for await (const chunk of body) cutter.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  const head = parse<ListHead>(cutter.rest(), path);
  if (typeof head.metadata?.resourceVersion !== "string") throw invalid(path, "is no list");
  return head;
}

/** Cuts the items out of the text of a list. */
class Cutter {
  readonly #item: (text: Buffer) => void;
  /** Pieces of what is around the items. */
  readonly #around: Buffer[] = [];
  /** Pieces of the item that is under way. */
  #under: Buffer[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inItems = false;
  /** The last string at depth 1, which before a `[` is the key. */
  #key: number[] = [];

  constructor(item: (text: Buffer) => void) {
    this.#item = item;
  }

  rest(): Buffer {
    return Buffer.concat([...this.#around, ...this.#under]);
  }

  /** What stands between items is dropped. */
  take(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#inString) {
        this.#string(byte);
        continue;
      }
      switch (byte) {
        case QUOTE:
          this.#inString = true;
          if (this.#depth === 1) this.#key = [];
          break;
        case OPEN_ARRAY:
          if (this.#depth === 1 && ITEMS.equals(Buffer.from(this.#key))) {
            this.#inItems = true;
            this.#around.push(chunk.subarray(start, at + 1));
          }
          this.#depth++;
          break;
        case OPEN:
          if (this.#isBetween()) start = at;
          this.#depth++;
          break;
        case CLOSE:
          this.#depth--;
          if (this.#isBetween()) {
            this.#item(Buffer.concat([...this.#under, chunk.subarray(start, at + 1)]));
            this.#under = [];
          }
          break;
        case CLOSE_ARRAY:
          if (this.#isBetween()) {
            this.#inItems = false;
            start = at;
          }
          this.#depth--;
      }
    }
    if (!this.#isBetween()) (this.#inItems ? this.#under : this.#around).push(chunk.subarray(start));
  }

  #isBetween(): boolean {
    return this.#inItems && this.#depth === DEPTH_OF_ITEMS;
  }

  #string(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
    else if (this.#depth === 1) this.#key.push(byte);
  }
}

function parse<T>(text: Buffer, path: string): T {
  try {
    return JSON.parse(text.toString("utf8")) as T;
  } catch (cause) {
    throw invalid(path, "is not JSON", cause);
  }
}

const invalid = (path: string, what: string, cause?: unknown): KubeError =>
  new KubeError(0, "InvalidAnswer", `GET ${path}: the answer ${what}`, { cause });
