// The webhook secrets that --hmac-secret-file names, good at the start and kept from then on.
import type { Secrets } from "../hook/hmac.ts";
import { secretFile } from "../hook/secret-file.ts";
import { UsageError } from "../lib/flags.ts";
import type { Logger } from "../lib/logger.ts";

/** Throws UsageError when the file cannot be read or holds no secret. */
export async function webhookSecrets(path: string, log: Logger): Promise<() => Promise<Secrets>> {
  const secrets = secretFile(path, log);
  try {
    await secrets();
  } catch (error) {
    throw new UsageError(`--hmac-secret-file=${path} cannot be used: ${(error as Error).message}`);
  }
  return secrets;
}
