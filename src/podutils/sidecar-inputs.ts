// What the wrapped processes left behind: their logs, and metadata for finished.json.
import { lstat } from "node:fs/promises";
import { isRecord } from "../lib/schema.ts";
import type { WrapperOptions } from "../model/utility-options.ts";
import { openPlain, placeOf, readPlain, volumesOf } from "./plain-file.ts";
import type { Censored } from "./sidecar-censor.ts";
import type { Upload } from "./upload-plan.ts";

/** It becomes part of finished.json, which others read whole. */
const METADATA_BYTES = 4 * 1024 * 1024;
/** So many files are told there by name; all of them are in sidecar's own log. */
const MOST_FAILURES = 20;

/** `build-log.txt`, or one per container. A log that cannot be uploaded is replaced by a sentence that says why. */
export async function logUploads(entries: WrapperOptions[], censored: Censored): Promise<Upload[]> {
  const volumes = volumesOf(entries);
  return await Promise.all(
    entries.map(async ({ process_log, container_name }): Promise<Upload> => {
      const key = entries.length > 1 ? `${container_name}-build-log.txt` : "build-log.txt";
      try {
        const log = await openPlain(await placeOf(process_log, volumes));
        await log.close();
      } catch (error) {
        const { message } = error as Error;
        return { key, source: { content: `Failed to open ${process_log}: ${message}\n` } };
      }
      const reason = censored.withheld(process_log);
      if (!reason) return { key, source: await placeOf(censored.log(process_log), volumes) };
      const content = `This log is not shown, since it could not be searched for secrets: ${reason}\n`;
      return { key, source: { content } };
    }),
  );
}

/** The union of the containers' metadata.json, later ones winning; faults are listed under `sidecar-errors`. */
export async function combinedMetadata(
  entries: WrapperOptions[],
  censored: Censored,
): Promise<Record<string, unknown>> {
  const metadata: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [file, reason] of [...censored.failures].slice(0, MOST_FAILURES))
    errors[`not uploaded, since it could not be searched for secrets: ${file}`] = reason;
  for (const [index, { metadata_file, args = [] }] of entries.entries()) {
    const name = `entry ${index}: ${args.join(" ")}`;
    try {
      const place = await placeOf(metadata_file, volumesOf(entries));
      const reason = (await lstat(metadata_file)) && censored.withheld(metadata_file);
      if (reason) throw new Error(reason);
      const piece: unknown = JSON.parse(await readPlain(place, METADATA_BYTES));
      if (!isRecord(piece)) throw new Error("not a JSON object");
      Object.assign(metadata, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
      errors[name] = (error as Error).message;
    }
  }
  return Object.keys(errors).length > 0 ? { ...metadata, "sidecar-errors": errors } : metadata;
}
