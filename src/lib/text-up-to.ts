// What somebody else's server answers, read only so far: an answer without end fills no memory.
import { readUpTo } from "./read-up-to.ts";

export interface TextStart {
  text: string;
  /** Whether that is all of it. */
  whole: boolean;
}

/** The rest, if there is any, is not fetched. Rejects when the answer breaks off. */
export async function textUpTo({ body }: Pick<Response, "body">, most: number): Promise<TextStart> {
  const { bytes, rest } = await readUpTo(body, most);
  await rest?.cancel();
  return { text: new TextDecoder().decode(bytes.subarray(0, most)), whole: bytes.length <= most };
}
