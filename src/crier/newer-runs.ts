// Knows whether a job has been run anew on the same commit: then what is told of the older run must not cover the newer one's.
import type { ObjectStore } from "../kube/port.ts";
import { createdAt, isComplete, type ProwJob } from "../model/prowjob.ts";

interface Run {
  created: string;
  ended: boolean;
}

/** True for a run that is under way when there is a newer one, and for one that has ended when a newer one has ended, too. */
export function newerRuns(prowJobs: ObjectStore<ProwJob>): (job: ProwJob) => boolean {
  const places = new Map<string, Map<string, Run>>();

  function see(job: ProwJob): void {
    const place = placeOf(job);
    const runs = places.get(place) ?? new Map<string, Run>();
    places.set(place, runs.set(nameOf(job), { created: createdAt(job), ended: isComplete(job) }));
  }

  function forget(job: ProwJob): void {
    const place = placeOf(job);
    const runs = places.get(place);
    runs?.delete(nameOf(job));
    if (runs?.size === 0) places.delete(place);
  }

  prowJobs.onChange((_, job, old) => {
    if (old) forget(old);
    if (job) see(job);
  });
  for (const job of prowJobs.list()) see(job);

  return (job) => {
    const created = createdAt(job);
    const runs = [...(places.get(placeOf(job))?.values() ?? [])];
    return runs.some((run) => run.created > created && (run.ended || !isComplete(job)));
  };
}

const nameOf = ({ metadata }: ProwJob): string => `${metadata.namespace}/${metadata.name}`;

const placeOf = ({ spec: { refs, context = "", report, type } }: ProwJob): string =>
  JSON.stringify([
    ...[refs?.org, refs?.repo, refs?.base_ref, context, report, type],
    refs?.pulls?.map(({ number, sha }) => `${number}@${sha}`) ?? refs?.base_sha,
  ]);
