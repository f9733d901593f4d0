// What somebody else's server answers, read only so far: an answer without end fills no memory.

export interface TextStart {
  text: string;
  /** Whether that is all of it. */
  whole: boolean;
}

/** The rest, if there is any, is not fetched. Rejects when the answer breaks off. */
export async function textUpTo({ body }: Pick<Response, "body">, bytes: number): Promise<TextStart> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    chunks.push(chunk);
    // Leaving the loop cancels the rest.
    if (size > bytes) break;
  }
  const read = Buffer.concat(chunks);
  return { text: read.subarray(0, bytes).toString("utf8"), whole: read.length <= bytes };
}
