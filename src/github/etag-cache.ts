// Answers to GETs by ETag, bounded by number and size: a 304 costs nothing of the API budget.
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { Shared } from "../shared/port.ts";

export interface CachedAnswer {
  etag: string;
  status: number;
  /** Headers that callers read: content-type and link. */
  headers: [string, string][];
  body: string;
}

/** Never rejects: what cannot be had is asked of GitHub. */
export interface ETagCache {
  get(key: string): Promise<CachedAnswer | undefined>;
  set(key: string, answer: CachedAnswer): Promise<void>;
}

export interface ETagCacheOptions {
  /** Where other processes keep theirs, too. An answer of theirs is used only once GitHub has said that it still holds. */
  shared?: Pick<Shared, "get" | "put"> | undefined;
  maxEntries?: number;
  /** Bounds the bodies together, in this process. */
  maxCharacters?: number;
}

const SHARED_FOR_MS = 24 * 3_600_000;

/** Least recently used ones go first. */
export function etagCache(options: ETagCacheOptions = {}): ETagCache {
  const { shared, maxEntries = 2_000, maxCharacters = 16_000_000 } = options;
  const own = boundedMap<CachedAnswer>(maxEntries, maxCharacters);
  return {
    async get(key) {
      // Others may have a newer one.
      const text = await shared?.get(`etag ${key}`).catch(() => undefined);
      return text === undefined ? own.get(key) : (JSON.parse(text) as CachedAnswer);
    },
    async set(key, answer) {
      own.set(key, answer, answer.body.length);
      await shared?.put(`etag ${key}`, JSON.stringify(answer), SHARED_FOR_MS).catch(() => {});
    },
  };
}
