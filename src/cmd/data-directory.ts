// The data directory: it holds keys, tokens and a cluster's secrets, so nobody else on the machine may look into it.
import { access, chmod, constants, mkdir } from "node:fs/promises";
import { UsageError } from "../lib/flags.ts";

const OWNER_ONLY = 0o700;

/** Makes it if need be. Throws UsageError when it cannot be used. */
export async function openDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: OWNER_ONLY });
    // A pod's volume belongs to somebody else, and nobody else looks into it.
    await chmod(directory, OWNER_ONLY).catch(() => {});
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `--data=${directory} cannot be used: ${(error as Error).message}; name a directory that can be written to`,
    );
  }
}
