// YAML whose aliases unfold to far more than was written, or without end.

/** Something that may be an alias. */
const ALIAS = /(?:^|[\s[{,:-])\*[^\s,[\]{}]/;

/** What Go's loader says of such a document, or undefined. It counts what aliases unfold to, and gives up when that is most of a large one. */
export function aliasFault(text: string, value: unknown): string | undefined {
  if (!ALIAS.test(text)) return undefined;
  const { unfolded, written } = count(value);
  if (unfolded === Number.POSITIVE_INFINITY) return "anchor value contains itself";
  const fromAliases = unfolded - written;
  const most = fromAliases > 100 && unfolded > 1000 && fromAliases / unfolded > allowedShare(unfolded);
  return most ? "document contains excessive aliasing" : undefined;
}

/** From 99 % of 400,000 nodes down to 10 % of 4,000,000. */
const allowedShare = (nodes: number): number =>
  Math.max(0.1, Math.min(0.99, 0.99 - 0.89 * ((nodes - 400_000) / 3_600_000)));

/** Keys and values of the whole, with every alias in full, and as they stand in the text. */
function count(value: unknown): { unfolded: number; written: number } {
  const sizes = new Map<object, number>();
  let written = 0;
  const sizeOf = (node: unknown): number => {
    if (typeof node !== "object" || node === null) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // Endless until it is counted: a node that is met on the way down to itself.
    sizes.set(node, Number.POSITIVE_INFINITY);
    const parts = Array.isArray(node) ? node : Object.values(node);
    const keys = Array.isArray(node) ? 0 : parts.length;
    written += 1 + keys + parts.filter((part) => typeof part !== "object" || part === null).length;
    const size = parts.reduce<number>((sum, part) => sum + sizeOf(part), 1 + keys);
    sizes.set(node, size);
    return size;
  };
  return { unfolded: sizeOf(value), written };
}
