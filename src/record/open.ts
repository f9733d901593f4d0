// Opens the record that a URL names: `sqlite:FILE` on one machine, `redis://…` for many.
import { existsSync } from "node:fs";
import { Counter, type Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { madeOnce } from "../lib/kept/made-once.ts";
import type { Logger } from "../lib/logger.ts";
import { placeOf } from "../lib/place.ts";
import type { Record, RecordRead } from "./port.ts";

export interface OpenRecordOptions {
  url: string;
  clock: Clock;
  log: Logger;
  /** Entries are kept for so long. */
  keepMs: number;
  metrics: Registry;
}

const lostEntries = madeOnce(
  (registry: Registry) =>
    new Counter({
      name: "cutwater_record_lost_total",
      help: "Entries of the record that could not be written.",
      registers: [registry],
    }),
);

/** Rejects with an Error that says what is wrong with the URL, the file or the Redis. */
export async function openRecord(options: OpenRecordOptions): Promise<Record> {
  const lost = lostEntries(options.metrics);
  const all = { ...options, onLost: (entries: number) => lost.inc(entries) };
  const place = placeOf(options.url, "record");
  if ("sqlite" in place) return (await import("./sqlite.ts")).sqliteRecord({ ...all, file: place.sqlite });
  return (await import("./redis.ts")).redisRecord(all);
}

/** Only to read, also while others write. Rejects with an Error that says what is wrong. */
export async function readRecord(
  options: Omit<OpenRecordOptions, "metrics">,
): Promise<RecordRead & { close(): void }> {
  const place = placeOf(options.url, "record");
  if (!("sqlite" in place)) {
    try {
      return await (await import("./redis.ts")).redisRecordReader(options);
    } catch (error) {
      throw new Error(`the record cannot be read: ${errorText(error)}`, { cause: error });
    }
  }
  if (!existsSync(place.sqlite)) throw new Error(`there is no record at ${place.sqlite}`);
  return (await import("./sqlite.ts")).sqliteRecordReader(place.sqlite);
}
