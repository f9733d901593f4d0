// Where the record of what was seen, decided and done is kept: by flags, else beside the queue.
import { join } from "node:path";
import type { Registry } from "prom-client";
import { milliseconds } from "../../lib/duration.ts";
import { errorText } from "../../lib/error-text.ts";
import { duration, type FlagValues, string, UsageError } from "../../lib/flags.ts";
import type { Logger } from "../../lib/logger.ts";
import { isRedis } from "../../lib/place.ts";
import { openRecord } from "../../record/open.ts";
import { forgetful, type Record, type RecordRead, type RecordWrite } from "../../record/port.ts";
import type { Host } from "../command.ts";
import { openDataDirectory } from "../process/data-directory.ts";
import { redisURL } from "./redis-url.ts";

export const recordFlags = {
  record: string(
    "",
    "Where to record what is seen, decided and done, for cutwater why: redis://… or sqlite:FILE; none is nowhere. Default: the Redis of --queue, else a file in the data directory; without either, nowhere.",
  ),
  "record-password-file": string("", "File with the password of the Redis that --record names."),
  "record-retention": duration("2160h0m0s", "How long the record is kept."),
};

/** `queue` and `data` as far as the component has them. */
export type RecordPlace = FlagValues<typeof recordFlags> & {
  queue?: string;
  "queue-password-file"?: string;
  data?: string;
};

/** undefined when nothing is to be recorded. Throws UsageError. */
export async function recordURL(flags: RecordPlace): Promise<string | undefined> {
  const { record, "record-password-file": file, queue = "", data } = flags;
  if (record === "none") return undefined;
  if (file) return redisURL("record", record, file);
  if (record) return record;
  const queueFile = flags["queue-password-file"];
  if (isRedis(queue)) return queueFile ? redisURL("queue", queue, queueFile) : queue;
  return data ? `sqlite:${join(data, "record.db")}` : undefined;
}

/** Without the reading half when nothing is kept. */
export type Kept = RecordWrite & Partial<RecordRead> & Pick<Record, "close">;

interface Around {
  host: Host;
  log: Logger;
  metrics: Registry;
}

/** Work does not depend on it: a record that cannot be kept is told, and everything else goes on. */
export async function recordOf(flags: RecordPlace, { host, log, metrics }: Around): Promise<Kept> {
  const url = await recordURL(flags);
  if (!url) return nowhere;
  try {
    if (!flags.record && flags.data && !isRedis(url)) await openDataDirectory(flags.data);
    return await openRecord({
      ...{ url, clock: host.clock, log, metrics },
      keepMs: milliseconds(flags["record-retention"]),
    });
  } catch (error) {
    // What the command line says is for the operator to mend.
    if (error instanceof UsageError) throw error;
    if (flags.record) throw new UsageError(`--record: ${errorText(error)}`);
    log.error({ error: errorText(error) }, "Nothing is recorded for cutwater why; work goes on.");
    return nowhere;
  }
}

const nowhere: Kept = { ...forgetful, close: async () => {} };
