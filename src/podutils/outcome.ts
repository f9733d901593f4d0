// finished.json: written when everything else is in place, and once for every run.
import { gunzipSync } from "node:zlib";
import { isRecord } from "../lib/schema.ts";
import type { GCSUploadOptions } from "../model/utility-options.ts";
import { StorageError } from "../storage/error.ts";
import type { BlobRead } from "../storage/port.ts";
import { type Finished, resultText } from "./job-results.ts";
import { isGzip } from "./media-type.ts";
import { retried, retries } from "./retried.ts";
import { prepared, type UploadContext } from "./upload.ts";
import { uploadRoot } from "./upload-plan.ts";

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Made only where there is none. One that is there is replaced when it is no outcome of this run: what was uploaded in
 * haste at an interrupt, and what an earlier pod of the same build left before this one began. `directory` is the run's.
 */
export async function uploadOutcome(
  outcome: Finished,
  directory: string,
  options: GCSUploadOptions,
  { storage, clock, log }: UploadContext,
): Promise<void> {
  const at = (name: string) => `${uploadRoot(options)}/${directory ? `${directory}/` : ""}${name}`;
  const url = at("finished.json");
  if (options.dry_run) return log.info({ dest: url }, "Would upload");
  const said = resultText(outcome);
  const item = { key: url, source: { content: said } };
  const { content, options: how } = await prepared(url, item, options.compress_file_types ?? []);
  await retried(url, retries(clock, log), async () => {
    try {
      return await storage.write(url, content, { ...how, ifAbsent: true });
    } catch (error) {
      if (!(error instanceof StorageError && error.status === 412)) throw error;
    }
    const there = await textAt(storage, url);
    // The answer to our own write may have been lost.
    if (there === said) return;
    if (mayBeReplaced(parsed(there), parsed(await textAt(storage, at("started.json")))))
      return await storage.write(url, content, how);
    log.warn({ dest: url, there, outcome: said }, "This run has an outcome already, which stays");
  });
  log.info({ dest: url }, "Finished upload");
}

function mayBeReplaced(there: Record<string, unknown>, started: Record<string, unknown>): boolean {
  if (there["result"] === "ABORTED" || typeof there["timestamp"] !== "number") return true;
  return typeof started["timestamp"] === "number" && there["timestamp"] < started["timestamp"];
}

/** "" when there is none. */
async function textAt(storage: BlobRead, url: string): Promise<string> {
  try {
    const stored = await new Response(await storage.read(url, { start: 0, end: MOST_BYTES })).bytes();
    return Buffer.from(
      isGzip(stored) ? gunzipSync(stored, { maxOutputLength: MOST_BYTES }) : stored,
    ).toString();
  } catch (error) {
    if (error instanceof StorageError && error.status === 404) return "";
    throw error;
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
