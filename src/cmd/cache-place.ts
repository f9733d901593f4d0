// Where what can be made again is kept between two runs.
import { join } from "node:path";
import { type DecodeCache, openDecodeCache } from "../config/decode-cache.ts";
import type { Host } from "./command.ts";

/** `base` is what a flag says, "" where none does: then it is the user's cache. Undefined where there is none. */
export function cachePlace({ env }: Pick<Host, "env">, base = ""): string | undefined {
  const cache = base || env["XDG_CACHE_HOME"] || (env["HOME"] && join(env["HOME"], ".cache"));
  return cache ? join(cache, "cutwater") : undefined;
}

/** A place that cannot be written to is the same as none. */
export function decodeCache(host: Pick<Host, "env">, base = ""): DecodeCache | undefined {
  const place = cachePlace(host, base);
  return place === undefined ? undefined : openDecodeCache(place);
}
