// Where ghproxy keeps answers, by its flags: memory, Redis, or files.
import { type DiskOptions, diskStore } from "./disk.ts";
import type { Store } from "./proxy.ts";
import type { Who } from "./who.ts";

export type StoreOf = (who: Who) => Store;

/** All partitions share the room. */
export const sharedStores =
  (shared: Store): StoreOf =>
  ({ partition }) => ({
    get: (key) => shared.get(`${partition} ${key}`),
    put: (key, value, forMs) => shared.put(`${partition} ${key}`, value, forMs),
  });

/** `undivided`: one for all tokens. Each answer is checked with the token of whoever asks, all the same. */
export function diskStores({ undivided, ...place }: DiskOptions & { undivided: boolean }): StoreOf {
  const one = undivided ? diskStore(place, undefined) : undefined;
  return ({ partition: name, expiresAt }) => one ?? diskStore(place, { name, expiresAt });
}
