// Where ghproxy keeps answers, by its flags: memory, Redis, or files.
import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";
import type { Shared } from "../shared/port.ts";
import { diskStore } from "./disk.ts";
import type { Store } from "./proxy.ts";
import type { Who } from "./who.ts";

export type StoreOf = (who: Who) => Store;

/** All partitions share the room. */
export const sharedStores =
  (shared: Pick<Shared, "get" | "put">): StoreOf =>
  ({ partition }) => ({
    get: (key) => shared.get(`${partition} ${key}`),
    put: (key, value, forMs) => shared.put(`${partition} ${key}`, value, forMs),
  });

export interface DiskStoresOptions {
  directory: string;
  /** Of one partition. */
  maxBytes: number;
  /** One for all tokens: each answer is checked with the token of whoever asks, all the same. */
  undivided: boolean;
  clock: Pick<Clock, "now">;
}

export function diskStores({ directory, maxBytes, undivided, clock }: DiskStoresOptions): StoreOf {
  const place = { directory: join(directory), maxBytes, clock };
  const one = undivided ? diskStore(place, undefined) : undefined;
  return ({ partition: name, expiresAt }) => one ?? diskStore(place, { name, expiresAt });
}
