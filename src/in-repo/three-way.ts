// A merge of a few entries of the root, known by their SHAs alone, as far as that is enough.

/** Entries by name; one that is not there is missing. Values tell kind and content, e.g. `040000 <sha>`. */
export type Entries = Readonly<Record<string, string>>;

/** Whether the entries are the same under all of the names. */
export const agree = (a: Entries, b: Entries, names: readonly string[]): boolean =>
  names.every((name) => a[name] === b[name]);

/**
 * Of two sides that have grown from `common`, who changed an entry decides. undefined when both have changed one, each
 * in its own way: then the contents have to be merged.
 */
export function threeWay(
  { common, ours, theirs }: { common: Entries; ours: Entries; theirs: Entries },
  names: readonly string[],
): Entries | undefined {
  const merged: Record<string, string> = {};
  for (const name of names) {
    const [base, mine, other] = [common[name], ours[name], theirs[name]];
    if (mine !== other && mine !== base && other !== base) return undefined;
    const taken = mine === base ? other : mine;
    if (taken !== undefined) merged[name] = taken;
  }
  return merged;
}
