// Reads a body into memory, but not more of it than there is room for.

export interface ReadUpTo {
  bytes: Uint8Array;
  /** What follows the bytes, when that is more than was asked for. Whoever does not read it has to cancel it. */
  rest?: ReadableStream<Uint8Array>;
}

/** At least `most` bytes are read where there are more. */
export async function readUpTo(body: ReadableStream<Uint8Array> | null, most: number): Promise<ReadUpTo> {
  const parts: Uint8Array[] = [];
  if (!body) return { bytes: new Uint8Array() };
  const reader = body.getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { bytes: Buffer.concat(parts, size) };
    parts.push(value);
    size += value.length;
    if (size <= most) continue;
    reader.releaseLock();
    return { bytes: Buffer.concat(parts, size), rest: body };
  }
}
