// The description of a GitHub status: 140 characters that also carry the base SHA, which tide reads back.
const LONGEST = 140;
const ELIDED = " ... ";
const DELIMITER = " BaseSHA:";
const OLD_DELIMITER = " Basesha:";
/** U+2001 is not folded away by GitHub's page as plain spaces are. */
const PADDING = "\u2001";
/** Tide tests no context again whose description holds this. */
export const SKIP_RETEST = "[prow:skip-retest]";

/** The text, shortened in its middle where needed, then the base SHA at a steady place on the right. */
export function statusDescription(text: string, baseSHA?: string): string {
  if (!baseSHA) return shortened(text, LONGEST);
  const suffix = DELIMITER + baseSHA;
  // As many as Prow's loop adds: each takes three bytes of the room that it measures again, and one turn.
  const free = LONGEST - Buffer.byteLength(text) - suffix.length;
  const padded = PADDING.repeat(Math.max(0, Math.ceil(free / 4))) + suffix;
  return shortened(text, LONGEST - Buffer.byteLength(padded)) + padded;
}

function shortened(text: string, longest: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= longest) return text;
  const half = Math.trunc((longest - ELIDED.length) / 2);
  return bytes.subarray(0, half).toString() + ELIDED + bytes.subarray(bytes.length - half).toString();
}

/** The base SHA of a description made above, or undefined. */
export function baseSHAOf(description: string): string | undefined {
  for (const delimiter of [DELIMITER, OLD_DELIMITER]) {
    const parts = description.split(delimiter);
    if (parts.length === 2 && parts[1]!.length === 40) return parts[1];
  }
  return undefined;
}

/** The status asks tide never to retest this commit for it. */
export const isSkipRetest = (description: string): boolean => description.includes(SKIP_RETEST);
