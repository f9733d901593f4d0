// Long texts for places that hold little.

/** At most so many characters (UTF-16), not cut through the middle of one; what is cut ends in `…`. */
export const cutText = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
