// Gathers what the page of one run shows, from the ProwJob and from storage.
import { isRecord } from "../lib/schema.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { bucketURL, jobDirectory } from "../model/storage-layout.ts";
import type { BlobRead, ListPage } from "../storage/port.ts";
import type { DeckDeps } from "./deps.ts";
import type { JobView } from "./job-page.ts";
import { readText, storedLog } from "./log-source.ts";
import { baseName, mayServe, parseStoragePath, type StoragePath, storageURL } from "./storage-path.ts";

const METADATA_BYTES = 1_000_000;
const NOTHING: ListPage = { objects: [], prefixes: [] };

export async function jobView(deps: DeckDeps, job: ProwJob): Promise<JobView> {
  const directory = directoryOf(job);
  const view: JobView = { name: job.spec.job, job, artifacts: NOTHING };
  const may = directory && mayServe(deps.config(), directory);
  return withTrouble(deps, may ? { ...view, ...(await stored(deps.storage, directory)) } : view);
}

/** A run that is known from its directory alone, or from its ProwJob too. */
export async function storedView(deps: DeckDeps, directory: StoragePath, job?: ProwJob): Promise<JobView> {
  const name = job?.spec.job ?? directory.key.split("/").at(-2) ?? directory.key;
  return withTrouble(deps, { name, job, ...(await stored(deps.storage, directory)) });
}

/** The pod is asked only when nothing else says how the run went. */
const withTrouble = async ({ podTrouble }: DeckDeps, view: JobView): Promise<JobView> =>
  view.job && !view.log ? { ...view, trouble: await podTrouble(view.job) } : view;

async function stored(storage: BlobRead, directory: StoragePath) {
  const url = storageURL(directory);
  const [log, started, finished, artifacts] = await Promise.all([
    storedLog(storage, `${url}/build-log.txt`),
    record(storage, `${url}/started.json`),
    record(storage, `${url}/finished.json`),
    storage.list(`${url}/`, { pageSize: 200 }),
  ]);
  return { directory, log, started, finished, artifacts };
}

/** A small JSON object; artifacts are not ours to trust, so anything else counts as absent. */
export async function record(storage: BlobRead, url: string): Promise<Record<string, unknown> | undefined> {
  if (!(await storage.stat(url))) return undefined;
  try {
    const value: unknown = JSON.parse(await readText(await storage.read(url), METADATA_BYTES));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The job whose results are there. */
export function jobOfDirectory(jobs: readonly ProwJob[], directory: StoragePath): ProwJob | undefined {
  // By its build first: to make out the directory of every job takes a second where there are many.
  const build = baseName(directory);
  return jobs.find((job) => job.status.build_id === build && directoryOf(job)?.key === directory.key);
}

/** undefined for a job that is not decorated or has no build yet: nothing of it is in storage. */
export function directoryOf({ spec, status, metadata }: ProwJob): StoragePath | undefined {
  const gcs = spec.decoration_config?.gcs_configuration;
  if (!gcs?.bucket || !status.build_id) return undefined;
  const bucket = bucketURL(gcs.bucket).replace("://", "/");
  const identity = {
    type: spec.type,
    job: spec.job,
    buildid: status.build_id,
    refs: spec.refs,
    prowjobid: metadata.name,
  };
  return parseStoragePath(
    `${bucket}/${jobDirectory(identity, gcs).split("/").map(encodeURIComponent).join("/")}`,
  );
}
