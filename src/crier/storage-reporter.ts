// Reports to object storage: prowjob.json, and started.json and finished.json where the job itself left none.
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import type { Logger } from "../lib/logger.ts";
import { isRecord } from "../lib/schema.ts";
import type { CloneRecord } from "../model/clone-record.ts";
import type { Effect } from "../model/effect.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import { revisionOf } from "../model/refs.ts";
import type { BlobRead } from "../storage/port.ts";
import { destination } from "./destination.ts";
import type { Reporter } from "./reporter.ts";
import { BY_CRIER, finishedJSON, goJSON, type Started, startedJSON } from "./started.ts";

export interface StorageReporterDeps {
  store: BlobRead;
  config: () => Config;
  workers: number;
  log: Logger;
}

/** Its name in Prow, whatever the storage is. */
const STORAGE_REPORTER = "gcsreporter";

export const storageReporter = (deps: StorageReporterDeps): Reporter => ({
  name: STORAGE_REPORTER,
  workers: deps.workers,
  // Without a build id there is no place for it yet. Of one that was aborted plank tells its end only later, in no other
  // state: reported before, it would have no finished.json.
  shouldReport: (job) => Boolean(job.status.build_id) && (job.status.state !== "aborted" || isComplete(job)),
  steps: (job) => [{ effects: () => storageEffects(job, deps) }],
});

async function storageEffects(job: ProwJob, deps: StorageReporterDeps): Promise<Effect[]> {
  const directory = destination(job, deps.config());
  if (!directory) {
    deps.log.info(
      { prowjob: job.metadata.name },
      "Not uploading prowjob because we couldn't find a destination",
    );
    return [];
  }
  const write = (file: string, content: string, ifAbsent: boolean): Effect => ({
    do: "writeObject",
    url: `${directory}/${file}`,
    content,
    contentType: "application/json",
    ...(ifAbsent && { ifAbsent }),
  });
  const started = await ownStarted(job, directory, deps);
  return [
    ...(started ? [write("started.json", started.content, started.ifAbsent)] : []),
    ...(isComplete(job) ? [write("finished.json", finishedJSON(job), true)] : []),
    write("prowjob.json", goJSON(job), false),
  ];
}

/** undefined when the pod utilities have written it, or when there is nothing to add to what crier wrote. */
async function ownStarted(
  job: ProwJob,
  directory: string,
  { store, log }: StorageReporterDeps,
): Promise<{ content: string; ifAbsent: boolean } | undefined> {
  const read = async (file: string): Promise<unknown> => {
    try {
      const url = `${directory}/${file}`;
      return (await store.stat(url)) && JSON.parse(await new Response(await store.read(url)).text());
    } catch (error) {
      log.warn({ error, file, prowjob: job.metadata.name }, "Failed to read or parse an uploaded file.");
      return undefined;
    }
  };
  if (!job.spec.refs) return undefined;
  const found = await read("started.json");
  const existing = isRecord(found) ? (found as Started) : undefined;
  if (existing && existing.metadata?.uploader !== BY_CRIER.uploader) return undefined;
  const commit = existing?.["repo-commit"];
  if (commit && commit !== revisionOf(job.spec)) return undefined;
  const records = await read("clone-records.json");
  const clones = Array.isArray(records) ? (records as CloneRecord[]) : [];
  const content = startedJSON(job, clones);
  if (existing && isDeepStrictEqual(existing, JSON.parse(content))) return undefined;
  return { content, ifAbsent: !existing };
}
