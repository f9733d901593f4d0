// Where hook's queue is: a URL, with the password of a Redis from a file, since command lines are for all to read.
import { join } from "node:path";
import { type FlagValues, string, UsageError } from "../lib/flags.ts";
import { secretFile } from "./connect.ts";

export const queueFlags = {
  queue: string("", "redis://… or sqlite:FILE; default a file in the data directory."),
  "queue-password-file": string("", "File with the password of the Redis that --queue names."),
};

/** Throws UsageError when the password has no file, or no Redis. */
export async function queueURL(flags: FlagValues<typeof queueFlags> & { data: string }): Promise<string> {
  const { queue, "queue-password-file": file } = flags;
  if (!file) return queue || `sqlite:${join(flags.data, "hook-queue.db")}`;
  if (!/^rediss?:\/\/./.test(queue) || !URL.canParse(queue))
    throw new UsageError("--queue-password-file is for a Redis: give --queue=redis://host:port too");
  const url = new URL(queue);
  if (url.password)
    throw new UsageError(
      "--queue holds a password, and --queue-password-file names one: leave one of them out",
    );
  const password = await secretFile(file, "queue-password-file");
  // The setter would take a % in it as it stands.
  url.password = encodeURIComponent(password);
  if (!password) throw new UsageError(`--queue-password-file=${file} is empty: write the password into it`);
  return url.href;
}
