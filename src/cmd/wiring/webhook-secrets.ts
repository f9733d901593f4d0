// The webhook secrets that --hmac-secret-file names, good at the start and kept from then on.
import type { Secrets } from "../../hook/hmac.ts";
import { rotatedSecrets } from "../../hook/rotated-secrets.ts";
import type { Clock } from "../../lib/clock.ts";
import { string, UsageError } from "../../lib/flags.ts";
import { briefly } from "../../lib/kept/briefly.ts";
import type { Logger } from "../../lib/logger.ts";

export const hmacFlag = {
  "hmac-secret-file": string(
    "/etc/webhook/hmac",
    "File with the webhook secret, or Prow's YAML map of secrets.",
  ),
};

/** A rotated secret counts after so long. */
const LOOK_MS = 1_000;

/** Throws UsageError when the file cannot be read or holds no secret. */
export async function webhookSecrets(
  path: string,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<() => Promise<Secrets>> {
  const secrets = briefly(LOOK_MS, clock, rotatedSecrets(path, log));
  try {
    await secrets();
  } catch (error) {
    throw new UsageError(`--hmac-secret-file=${path} cannot be used: ${(error as Error).message}`);
  }
  return secrets;
}
