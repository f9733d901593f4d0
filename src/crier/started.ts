// started.json and finished.json of a job whose own pod utilities did not write them.
import type { ProwJob } from "../model/prowjob.ts";
import { type Refs, refsString } from "../model/refs.ts";

/** Who wrote it: only crier's own may be overwritten by crier. */
export const BY_CRIER = { uploader: "crier" };

export interface Started {
  "repo-commit"?: string;
  metadata?: { uploader?: string } | null;
}

/** What clonerefs recorded of one repository. */
export interface CloneRecord {
  refs: Refs;
  final_sha?: string;
}

/** The job's own refs, else the first extra ones that are not auxiliary. */
const mainRefs = ({ spec }: ProwJob): Refs | undefined =>
  spec.refs ?? spec.extra_refs?.find(({ auxiliary }) => !auxiliary);

/** What was tested as far as the spec tells: the first head, else the base. */
export function revision(job: ProwJob): string {
  const refs = mainRefs(job);
  return refs?.pulls?.[0]?.sha || refs?.base_sha || refs?.base_ref || "";
}

export function startedJSON(job: ProwJob, clones: readonly CloneRecord[]): string {
  const { spec, status } = job;
  const main = mainRefs(job);
  const cloned =
    main && clones.find(({ refs }) => refs && refsString(refs) === refsString(main) && sameRepo(refs, main));
  const version = cloned?.final_sha || revision(job);
  const pull = spec.refs?.pulls?.[0]?.number;
  const all = [...(spec.refs ? [spec.refs] : []), ...(spec.extra_refs ?? [])];
  return goJSON({
    timestamp: seconds(status.startTime),
    ...(pull !== undefined && { pull: String(pull) }),
    ...(all.length > 0 && {
      repos: Object.fromEntries(all.map((refs) => [`${refs.org}/${refs.repo}`, refsString(refs)])),
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
