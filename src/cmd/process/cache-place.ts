// Where what can be made again is kept between two runs.
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import type { Host } from "../command.ts";

type Environment = Pick<Host, "env">;

/** `base` is what a flag says, "" where none does: then it is the user's cache. Undefined where there is none. */
export function cachePlace({ env }: Environment, base = ""): string | undefined {
  const cache = base || env["XDG_CACHE_HOME"] || (env["HOME"] && join(env["HOME"], ".cache"));
  return cache ? join(cache, "cutwater") : undefined;
}

/** Modules that are loaded from now on are compiled once, not in every run: half of what a small tool does. */
export function keepCompiledCode(host: Environment): void {
  const place = cachePlace(host);
  if (place !== undefined) enableCompileCache(join(place, "code"));
}
