// The webhook secrets' file, read again whenever it changes (Kubernetes swaps a mounted secret by symlink).
import { readFile, stat } from "node:fs/promises";
import { parseSecrets, type Secrets } from "./hmac.ts";

/** Rejects when the file can not be read. */
export function secretFile(path: string): () => Promise<Secrets> {
  let held: { version: string; secrets: Secrets } | undefined;
  return async () => {
    const { mtimeMs, size, ino } = await stat(path);
    const version = `${ino} ${mtimeMs} ${size}`;
    if (held?.version !== version) held = { version, secrets: parseSecrets(await readFile(path, "utf8")) };
    return held.secrets;
  };
}
