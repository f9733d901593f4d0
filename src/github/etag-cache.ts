// Answers to GETs by ETag, bounded by number and size: a 304 costs nothing of the API budget.

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
  const entries = new Map<string, CachedAnswer>();
  let size = 0;
  function drop(key: string): void {
    size -= entries.get(key)?.body.length ?? 0;
    entries.delete(key);
  }
  return {
    get(key) {
      const answer = entries.get(key);
      if (answer) {
        entries.delete(key);
        entries.set(key, answer);
      }
      return answer;
    },
    set(key, answer) {
      drop(key);
      if (answer.body.length > maxCharacters / 4) return;
      entries.set(key, answer);
      size += answer.body.length;
      while (entries.size > maxEntries || size > maxCharacters) drop(entries.keys().next().value!);
    },
  };
}
