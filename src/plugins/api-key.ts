// Keys of services that plugins ask: files that plugins.yaml names, read each time, since they are rotated.
import type { Context } from "./plugin.ts";

/** undefined when there is none; one that cannot be read is told of. */
export async function apiKey(
  path: string | undefined,
  { localFile, log }: Pick<Context, "localFile" | "log">,
): Promise<string | undefined> {
  if (!path) return undefined;
  try {
    return (await localFile(path)).trim() || undefined;
  } catch (error) {
    log.error({ error }, `failed to read key at ${path}`);
    return undefined;
  }
}
