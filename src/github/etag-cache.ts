// Answers to GETs by ETag, bounded by number and size: a 304 costs nothing of the API budget.
import { boundedMap } from "../lib/bounded-map.ts";

export interface CachedAnswer {
  etag: string;
  status: number;
  /** Headers that callers read: content-type and link. */
  headers: [string, string][];
  body: string;
}

export interface ETagCache {
  get(key: string): CachedAnswer | undefined;
  set(key: string, answer: CachedAnswer): void;
}

/** Least recently used ones go first. `maxCharacters` bounds the bodies together. */
export function etagCache(maxEntries = 2_000, maxCharacters = 16_000_000): ETagCache {
  const entries = boundedMap<CachedAnswer>(maxEntries, maxCharacters);
  return {
    get: (key) => entries.get(key),
    set: (key, answer) => entries.set(key, answer, answer.body.length),
  };
}
