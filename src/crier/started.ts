// started.json and finished.json of a job whose own pod utilities did not write them.
import type { CloneRecord } from "../model/clone-record.ts";
import { repoName } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { allRefs, type Refs, refsString, revisionOf, testedRefs } from "../model/refs.ts";

/** Who wrote it: only crier's own may be overwritten by crier. */
export const BY_CRIER = { uploader: "crier" };

export interface Started {
  "repo-commit"?: string;
  metadata?: { uploader?: string } | null;
}

export function startedJSON(job: ProwJob, clones: readonly CloneRecord[]): string {
  const { spec, status } = job;
  const main = testedRefs(spec);
  const cloned =
    main && clones.find(({ refs }) => refs && refsString(refs) === refsString(main) && sameRepo(refs, main));
  const version = cloned?.final_sha || revisionOf(spec);
  const pull = spec.refs?.pulls?.[0]?.number;
  const all = allRefs(spec);
  return goJSON({
    timestamp: seconds(status.startTime),
    ...(pull !== undefined && { pull: String(pull) }),
    ...(all.length > 0 && {
      repos: Object.fromEntries(all.map((refs) => [repoName(refs), refsString(refs)])),
    }),
    ...(version && { "repo-commit": version, "repo-version": version }),
    metadata: BY_CRIER,
  });
}

const sameRepo = (a: Refs, b: Refs): boolean => a.org === b.org && a.repo === b.repo;

/** The result is the state's name in lower case, where the pod utilities write upper case. */
export const finishedJSON = ({ status }: ProwJob): string =>
  goJSON({
    timestamp: seconds(status.completionTime),
    passed: status.state === "success",
    metadata: BY_CRIER,
    result: status.state,
  });

/** Indented by tabs, as Prow writes them. */
export const goJSON = (value: unknown): string => JSON.stringify(value, null, "\t");

const seconds = (time: string | undefined): number => Math.floor(Date.parse(time ?? "") / 1000) || 0;
