// The webhook secrets' file, read again whenever it changes (Kubernetes swaps a mounted secret by symlink).
import { readFile, stat } from "node:fs/promises";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { parseSecrets, type Secrets } from "./hmac.ts";

/**
 * Rejects when the file cannot be read or holds no secret, until it has been good once: from then on the last good
 * secrets stay in force, since a file that is lost for a moment must not turn webhooks away.
 */
export function rotatedSecrets(path: string, log: Pick<Logger, "error">): () => Promise<Secrets> {
  let held: { version: string; secrets: Secrets } | undefined;
  let complaint: string | undefined;
  return async () => {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (held?.version !== version) held = { version, secrets: nonEmpty(await readFile(path, "utf8")) };
      complaint = undefined;
    } catch (error) {
      if (!held) throw error;
      if (complaint !== errorText(error))
        log.error({ path, error }, "The webhook secrets cannot be read; the last good ones stay in force.");
      complaint = errorText(error);
    }
    return held.secrets;
  };
}

function nonEmpty(text: string): Secrets {
  const secrets = parseSecrets(text);
  const tokens = "token" in secrets ? [secrets.token] : [...secrets.tokens.values()].flat();
  if (!tokens.some(Boolean)) throw new Error("it holds no secret");
  return secrets;
}
