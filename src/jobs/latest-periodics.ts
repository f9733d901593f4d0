// The newest run of each periodic, by start time: what horologium counts from and sinker keeps.
import type { ProwJob } from "../model/prowjob.ts";

/** By job name. */
export function latestPeriodics(jobs: Iterable<ProwJob>): Map<string, ProwJob> {
  const latest = new Map<string, ProwJob>();
  for (const job of jobs) {
    if (job.spec.type !== "periodic" || !job.status.startTime) continue;
    const known = latest.get(job.spec.job);
    if (!known || started(job) > started(known)) latest.set(job.spec.job, job);
  }
  return latest;
}

const started = (job: ProwJob): number => Date.parse(job.status.startTime ?? "");
