// Which of several runs of one presubmit for one pull request is the one that counts.
import { repoName } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { isComplete } from "../model/prowjob.ts";
import { allRefs, type Refs } from "../model/refs.ts";

/** Equal for runs of which only the newest counts; undefined for jobs other than presubmits. Commits do not matter. */
export function identityOf({ spec }: ProwJob): string | undefined {
  if (spec.type !== "presubmit") return undefined;
  const refs = allRefs(spec).map(digest);
  return [spec.type, spec.job, ...refs].sort().join(",");
}

function digest(refs: Refs): string {
  const pulls = (refs.pulls ?? []).map(({ number }) => number).sort((a, b) => a - b);
  return `${repoName(refs)}@${refs.base_ref ?? ""} [${pulls.join(" ")}]`;
}

/** All but the newest. The list is in the order of arrival, which decides between runs of the same second. */
export function outdated(duplicates: ProwJob[]): ProwJob[] {
  const live = duplicates.filter((job) => !isComplete(job) && job.status.state !== "aborted");
  let newest: ProwJob | undefined;
  for (const job of live) if (!newest || !startedBefore(job, newest)) newest = job;
  return live.filter((job) => job !== newest);
}

const startedBefore = (a: ProwJob, b: ProwJob): boolean => started(a) < started(b);
const started = (job: ProwJob): number => Date.parse(job.status.startTime ?? "") || 0;
