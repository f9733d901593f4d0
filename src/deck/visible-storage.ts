// Which stored results this deck may show: those of a hidden job or repository are hidden as the job itself is.
import type { ProwJob } from "../model/prowjob.ts";
import type { DeckDeps } from "./deps.ts";
import { jobOfDirectory, record } from "./job-view.ts";
import { mayServe, type StoragePath, storageURL } from "./storage-path.ts";
import { isVisible } from "./visible-jobs.ts";

/** The directory of a run, as Prow lays storage out; what is above it lists runs of many jobs, and what looks like one below it is its own. */
const RUN =
  /^(?:.*?\/)??(?:logs\/[^/]+\/\d+|pr-logs\/pull\/batch\/[^/]+\/\d+|pr-logs\/pull\/(?:[^/]+\/)?\d+\/[^/]+\/\d+)(?=\/|$)/;

/**
 * The run is known by its ProwJob, or by the `prowjob.json` it left. With `hidden_repos` configured, what belongs to
 * no known run is not shown either, nor to tenants: nobody can tell whose it is.
 */
export async function isVisiblePath(deps: DeckDeps, path: StoragePath): Promise<boolean> {
  if (!mayServe(deps.config(), path)) return false;
  const key = RUN.exec(path.key)?.[0];
  const job = key === undefined ? undefined : await jobOfRun(deps, { ...path, key });
  if (job) return isVisible(deps, job);
  if (deps.tenantIDs?.length) return false;
  return deps.showHidden || deps.hiddenOnly === true || !deps.config().deck.hidden_repos?.length;
}

async function jobOfRun({ jobs, storage }: DeckDeps, run: StoragePath): Promise<ProwJob | undefined> {
  const known = jobOfDirectory(jobs.list(), run);
  if (known) return known;
  const left = await record(storage, `${storageURL(run)}/prowjob.json`);
  return left?.["spec"] ? (left as unknown as ProwJob) : undefined;
}
