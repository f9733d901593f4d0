// The cache of decoded configuration, where this process may keep one.
import { type DecodeCache, openDecodeCache } from "../../config/decode-cache.ts";
import type { Host } from "../command.ts";
import { cachePlace } from "../process/cache-place.ts";

/** `base` as in `cachePlace`. A place that cannot be written to is the same as none. */
export function decodeCache(host: Pick<Host, "env">, base = ""): DecodeCache | undefined {
  const place = cachePlace(host, base);
  return place === undefined ? undefined : openDecodeCache(place);
}
