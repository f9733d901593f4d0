// A map bounded by the number of its entries, and by their weight together: the least recently used ones go first.
import { oldestKey } from "./oldest-key.ts";

export interface BoundedMap<T> {
  /** Counts as a use. */
  get(key: string): T | undefined;
  /** What weighs more than a quarter of all is not taken in, and what the key held before is dropped. */
  set(key: string, value: T, weight?: number): void;
  delete(key: string): void;
  keys(): IterableIterator<string>;
  clear(): void;
  readonly size: number;
}

export function boundedMap<T>(maxEntries: number, maxWeight = Number.POSITIVE_INFINITY): BoundedMap<T> {
  const entries = new Map<string, { value: T; weight: number }>();
  let total = 0;
  const oldest = oldestKey(entries);
  function drop(key: string): void {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  }
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      // Last in the order of the map: last to go.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, weight = 0) {
      drop(key);
      if (weight > maxWeight / 4) return;
      entries.set(key, { value, weight });
      total += weight;
      while (entries.size > maxEntries || total > maxWeight) drop(oldest()!);
    },
    delete: drop,
    keys: () => entries.keys(),
    clear() {
      entries.clear();
      total = 0;
    },
    get size() {
      return entries.size;
    },
  };
}
