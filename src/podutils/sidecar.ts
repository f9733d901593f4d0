// sidecar: waits for the job's containers, then uploads their logs, artifacts and outcome.
import { basename, posix } from "node:path";
import type { LogFields, Logger } from "../lib/logger.ts";
import { revisionOf } from "../model/refs.ts";
import { SIDECAR_OPTIONS, type SidecarOptions, type WrapperOptions } from "../model/utility-options.ts";
import { type Finished, finished, jobSpecFrom } from "./job-results.ts";
import { ABORTED, PREVIOUS_FAILED, waitForMarkers } from "./marker.ts";
import { uploadOutcome } from "./outcome.ts";
import { volumesOf } from "./plain-file.ts";
import { type Censored, censorAll } from "./sidecar-censor.ts";
import { combinedMetadata, logUploads } from "./sidecar-inputs.ts";
import { upload } from "./upload.ts";
import { artifacts, pointers, runDirectory, type Upload } from "./upload-plan.ts";
import {
  checkUpload,
  type Env,
  OptionsError,
  optionsFrom,
  reportingOptions,
  storageFrom,
  type UtilityIO,
} from "./utility.ts";

/**
 * Exit code 0 whatever the job's outcome, unless `entry_error` is set; 1 for options that cannot be used, and when the
 * logs could not be uploaded: then the job must not pass.
 */
export const sidecar = (env: Env, io: UtilityIO): Promise<number> =>
  reportingOptions(io, async () => {
    const options = sidecarOptions(env);
    const entries = entriesOf(options);
    jobSpecFrom(env);
    const lines: string[] = [];
    const log = recording(io.log, lines, () => io.clock.now());

    let bestEffort: Promise<unknown> = Promise.resolve();
    const stop = io.onSignal((signal) => {
      if (options.ignore_interrupts)
        return log.warn({ signal }, `Received an interrupt: ${signal}, ignoring...`);
      // Little time may be left before the kill: upload what there is now, and all of it again if the end comes in time.
      log.error({ signal }, `Received an interrupt: ${signal}, cancelling...`);
      bestEffort = bestEffort.then(() => uploadAll("ABORTED", options, entries, { env, io, log, lines }));
    });
    const codes = await waitForMarkers(
      entries.map((entry) => entry.marker_file),
      io.clock,
    );
    await bestEffort;
    const isTold = await uploadAll(resultOf(codes), options, entries, { env, io, log, lines });
    stop();
    if (!isTold) return 1;

    const failures = codes.filter((code) => code !== 0 && code !== PREVIOUS_FAILED).length;
    if (failures > 0 && options.entry_error) log.error({ failures }, `${failures} containers failed`);
    return failures > 0 && options.entry_error ? 1 : 0;
  });

/** Passed when every process ended with 0; aborted when one was interrupted. */
export function resultOf(codes: number[]): Finished["result"] {
  if (codes.every((code) => code === 0)) return "SUCCESS";
  return codes.includes(ABORTED) ? "ABORTED" : "FAILURE";
}

function sidecarOptions(env: Env): SidecarOptions {
  const options = optionsFrom<SidecarOptions>(env, SIDECAR_OPTIONS);
  if (entriesOf(options).length === 0) throw new OptionsError("no wrapper.Option entries (entries)");
  for (const [index, entry] of entriesOf(options).entries()) {
    if (!entry.process_log) throw new OptionsError(`entry ${index}: no log file specified (process_log)`);
    if (!entry.marker_file) throw new OptionsError(`entry ${index}: no marker file specified (marker_file)`);
  }
  if (!options.gcs_options) throw new OptionsError("gcs_options is missing");
  checkUpload(options.gcs_options);
  return options;
}

const entriesOf = (options: SidecarOptions): WrapperOptions[] => [
  ...(options.wrapper_options ? [options.wrapper_options] : []),
  ...(options.entries ?? []),
];

interface UploadContext {
  env: Env;
  io: UtilityIO;
  log: Logger;
  lines: string[];
}

/** Whether the outcome could be told, with all logs in place. */
async function uploadAll(
  result: Finished["result"],
  options: SidecarOptions,
  entries: WrapperOptions[],
  { env, io, log, lines }: UploadContext,
): Promise<boolean> {
  const spec = jobSpecFrom(env);
  const directory = runDirectory(options.gcs_options, spec);
  const told = (error: unknown): void =>
    log.error({ error: String(error), directory: basename(directory) }, "Failed to report job status");
  try {
    const censored: Censored = await censorAll(options, entries, log);
    const storage = storageFrom(env, options.gcs_options);
    const context = { storage, clock: io.clock, log };
    const items = await artifacts(
      options.gcs_options,
      directory,
      volumesOf(entries),
      (file) => censored.withheld(file) !== undefined,
      (message) => log.warn({}, message),
    );
    await upload([...pointers(options.gcs_options, spec), ...items], options.gcs_options, context).catch(
      told,
    );
    const outcome = finished(result, io.clock.now(), {
      revision: revisionOf(spec),
      metadata: await combinedMetadata(entries, censored),
    });
    const placed = (item: Upload): Upload => ({ ...item, key: posix.join(directory, item.key) });
    const logs = (await logUploads(entries, censored)).map(placed);
    // finished.json goes last: whoever sees it finds the logs in place. Without them nothing is finished.
    await upload(logs, options.gcs_options, context);
    const own = censored.censor(Buffer.from(lines.join("")));
    const ownLog = placed({ key: "sidecar-logs.json", source: { content: own } });
    await upload([ownLog], options.gcs_options, context).catch(told);
    await uploadOutcome(outcome, directory, options.gcs_options, context);
    return true;
  } catch (error) {
    told(error);
    return false;
  }
}

/** Keeps its own log, which is uploaded as sidecar-logs.json. */
function recording(log: Logger, lines: string[], now: () => Date, bound: LogFields = {}): Logger {
  const level = (name: "debug" | "info" | "warn" | "error") => (fields: LogFields, message: string) => {
    const severity = name === "warn" ? "warning" : name;
    const line = { component: "sidecar", ...bound, ...fields, level: severity, msg: message, severity };
    lines.push(`${JSON.stringify({ ...line, time: now().toISOString() })}\n`);
    log[name](fields, message);
  };
  return {
    debug: level("debug"),
    info: level("info"),
    warn: level("warn"),
    error: level("error"),
    child: (fields) => recording(log.child(fields), lines, now, { ...bound, ...fields }),
  };
}
