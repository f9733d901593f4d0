// The URL of a Redis, with its password from a file, since command lines are for all to read.
import { UsageError } from "../../lib/flags.ts";
import { secretFile } from "./secret-file.ts";

/** `--NAME=redis://…` with `--NAME-password-file`. Throws UsageError when the password has no file, or no Redis. */
export async function redisURL(name: string, given: string, file: string): Promise<string> {
  if (!/^rediss?:\/\/./.test(given) || !URL.canParse(given))
    throw new UsageError(`--${name}-password-file is for a Redis: give --${name}=redis://host:port too`);
  const url = new URL(given);
  if (url.password)
    throw new UsageError(
      `--${name} holds a password, and --${name}-password-file names one: leave one of them out`,
    );
  const password = await secretFile(file, `${name}-password-file`);
  // The setter would take a % in it as it stands.
  url.password = encodeURIComponent(password);
  if (!password) throw new UsageError(`--${name}-password-file=${file} is empty: write the password into it`);
  return url.href;
}
