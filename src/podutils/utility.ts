// What every pod utility is handed besides its environment, and how it reads its options from there.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { isRecord } from "../lib/schema.ts";
import type { GCSUploadOptions } from "../model/utility-options.ts";
import { openStorage } from "../storage/open.ts";
import type { BlobStore } from "../storage/port.ts";

export type Env = Record<string, string | undefined>;
export type StopSignal = "SIGINT" | "SIGTERM";

export interface UtilityIO {
  /** Command line after the utility's name. */
  args: string[];
  clock: Clock;
  log: Logger;
  stdout: (chunk: Uint8Array | string) => void;
  /** Calls back on SIGINT and SIGTERM, which then no longer end this process; returns how to stop listening. */
  onSignal: (listener: (signal: StopSignal) => void) => () => void;
  /** How to start this program again: node and the path of its main file. */
  self: string[];
}

/** Options that cannot be used; the message names the variable and the field. */
export class OptionsError extends Error {
  override name = "OptionsError";
}

/** The options in the JSON of an environment variable. Throws OptionsError when it is missing or not a JSON object. */
export function optionsFrom<T>(env: Env, variable: string): T {
  const text = env[variable];
  if (text === undefined)
    throw new OptionsError(`${variable} is not set: it holds this utility's options as JSON`);
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value as T;
  } catch (error) {
    throw new OptionsError(`${variable} is not JSON: ${(error as Error).message}`);
  }
  throw new OptionsError(`${variable} must hold a JSON object`);
}

/** Throws OptionsError when these options name no place to upload to. */
export function checkUpload(options: GCSUploadOptions): void {
  if (options.local_output_dir || options.dry_run) return;
  if (!options.bucket) throw new OptionsError("GCS upload was requested no GCS bucket was provided (bucket)");
  if (
    options.path_strategy &&
    options.path_strategy !== "explicit" &&
    !(options.default_org && options.default_repo)
  ) {
    throw new OptionsError(`path_strategy ${options.path_strategy} needs default_org and default_repo`);
  }
}

/** Says what went wrong and gives the exit code. */
export async function reportingOptions(io: UtilityIO, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const message = error instanceof OptionsError ? `Invalid options: ${error.message}` : String(error);
    io.log.error({ error: String(error) }, message);
    return 1;
  }
}

type CredentialFiles = Pick<GCSUploadOptions, "gcs_credentials_file" | "s3_credentials_file">;

/** In local mode the kubelet names the directory that stands for object storage; else the URL says which it is. */
export const storageFrom = (env: Env, files: CredentialFiles): BlobStore =>
  openStorage({
    directory: env["CUTWATER_STORAGE_ROOT"] || undefined,
    gcsCredentialsFile: files.gcs_credentials_file,
    gcsEndpoint: env["STORAGE_EMULATOR_HOST"] || undefined,
    s3CredentialsFile: files.s3_credentials_file,
    s3Region: env["AWS_REGION"] || undefined,
  });
