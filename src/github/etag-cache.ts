// Answers to GETs by ETag, bounded by number and size: a 304 costs nothing of the API budget.
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { Shared } from "../shared/port.ts";

/** Of a 200. */
export interface CachedAnswer {
  etag: string;
  /** Headers that callers read: content-type and link. */
  headers: [string, string][];
  body: string;
}

/** Never rejects: what cannot be had is asked of GitHub. */
export interface ETagCache {
  get(key: string): Promise<CachedAnswer | undefined>;
  set(key: string, answer: CachedAnswer): Promise<void>;
}

const SHARED_FOR_MS = 24 * 3_600_000;
/** In this process. */
const MOST = 2_000;
/** Of their bodies together. */
const MOST_CHARACTERS = 16_000_000;

/** `shared`: where other processes keep theirs, too. Such a one is used only once GitHub has said that it still holds. */
export function etagCache(shared: Pick<Shared, "get" | "put"> | undefined): ETagCache {
  const own = boundedMap<CachedAnswer>(MOST, MOST_CHARACTERS);
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
