// Where hook's queue is: a URL, with the password of a Redis from a file, since command lines are for all to read.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FlagValues, string, UsageError } from "../../lib/flags.ts";
import { placeOf } from "../../lib/place.ts";
import { redisURL } from "./redis-url.ts";

export const queueFlags = {
  queue: string("", "redis://… or sqlite:FILE; default a file in the data directory."),
  "queue-password-file": string("", "File with the password of the Redis that --queue names."),
};

type QueuePlace = FlagValues<typeof queueFlags> & { data: string };

/** Of `cutwater up`, in its data directory. */
export const upQueueURL = (data: string): string => `sqlite:${join(data, "queue.db")}`;

/** Throws UsageError when the password has no file, or no Redis. */
export async function queueURL(flags: QueuePlace): Promise<string> {
  const { queue, "queue-password-file": file } = flags;
  if (!file) return queue || `sqlite:${join(flags.data, "hook-queue.db")}`;
  return redisURL("queue", queue, file);
}

/** Of a queue that is there already, hook's or that of `cutwater up`. Throws UsageError when none is. */
export async function presentQueueURL(flags: QueuePlace): Promise<string> {
  const named = await queueURL(flags);
  const present = (url: string): boolean => {
    const place = placeOf(url, "queue");
    return !("sqlite" in place) || existsSync(place.sqlite);
  };
  const found = (flags.queue ? [named] : [upQueueURL(flags.data), named]).find(present);
  if (found) return found;
  const where = flags.queue ? named : flags.data;
  throw new UsageError(`there is no queue at ${where}; say with --data or --queue where hook keeps it`);
}
