// initupload: tells the world that the job has started, and stops the pod when its code could not be cloned.
import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import type { CloneRecord } from "../model/clone-record.ts";
import { INITUPLOAD_OPTIONS, type InitUploadOptions } from "../model/utility-options.ts";
import { formatRecord } from "./clone-record.ts";
import { finished, jobSpecFrom, resultText, started } from "./job-results.ts";
import { uploadOutcome } from "./outcome.ts";
import { upload } from "./upload.ts";
import { artifacts, pointers, runDirectory, type Upload } from "./upload-plan.ts";
import {
  checkUpload,
  type Env,
  optionsFrom,
  reportingOptions,
  storageFrom,
  type UtilityIO,
} from "./utility.ts";

/** Exit code 1 when the clone failed or nothing could be uploaded: the test then never runs. */
export const initupload = (env: Env, io: UtilityIO): Promise<number> =>
  reportingOptions(io, async () => {
    const options = optionsFrom<InitUploadOptions>(env, INITUPLOAD_OPTIONS);
    checkUpload(options);
    const spec = jobSpecFrom(env);
    const records = options.log ? await cloneRecords(options.log) : [];
    const failed = records.some((record) => record.failed);
    const now = io.clock.now();

    const files: Record<string, string> = { "started.json": resultText(started(spec, records, now)) };
    if (options.log) {
      files["clone-log.txt"] = records.map(formatRecord).join("");
      files["clone-records.json"] = await readFile(options.log, "utf8");
    }
    if (failed) {
      files["build-log.txt"] = files["clone-log.txt"] ?? "";
    }
    const directory = runDirectory(options, spec);
    const about = Object.entries(files).map(
      ([name, content]): Upload => ({ key: posix.join(directory, name), source: { content } }),
    );
    const storage = storageFrom(env, options);
    const context = { storage, clock: io.clock, log: io.log };
    const items = await artifacts(
      options,
      directory,
      [],
      () => false,
      (message) => io.log.warn({}, message),
    );
    await upload([...pointers(options, spec), ...items], options, context);
    await upload(about, options, context);
    if (failed) await uploadOutcome(finished("FAILURE", now), directory, options, context);
    if (failed) io.log.error({}, "cloning the appropriate refs failed");
    return failed ? 1 : 0;
  });

async function cloneRecords(file: string): Promise<CloneRecord[]> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new Error(`could not read clone log: ${error.message}`);
  });
  return JSON.parse(text) as CloneRecord[];
}
