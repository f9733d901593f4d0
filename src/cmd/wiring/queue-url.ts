// Where hook's queue is: a URL, with the password of a Redis from a file, since command lines are for all to read.
import { join } from "node:path";
import { type FlagValues, string } from "../../lib/flags.ts";
import { redisURL } from "./redis-url.ts";

export const queueFlags = {
  queue: string("", "redis://… or sqlite:FILE; default a file in the data directory."),
  "queue-password-file": string("", "File with the password of the Redis that --queue names."),
};

/** Throws UsageError when the password has no file, or no Redis. */
export async function queueURL(flags: FlagValues<typeof queueFlags> & { data: string }): Promise<string> {
  const { queue, "queue-password-file": file } = flags;
  if (!file) return queue || `sqlite:${join(flags.data, "hook-queue.db")}`;
  return redisURL("queue", queue, file);
}
