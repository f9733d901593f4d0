// ProwJobs, sorted once per look for the questions that tide asks of them.
import type { RepoRef } from "../model/github.ts";
import { repoName } from "../model/github.ts";
import { CREATED_BY_TIDE_LABEL } from "../model/labels.ts";
import type { ProwJob } from "../model/prowjob.ts";

export interface JobIndex {
  /** Presubmit and batch jobs on a branch at one base. */
  onBase(repo: RepoRef, branch: string, baseSHA: string): ProwJob[];
  /** Contexts of the presubmits that tide started on a head, on whatever base. */
  startedByTide(repo: RepoRef, number: number, headSHA: string): ReadonlySet<string>;
  /** Successful presubmit and batch jobs that include the head. */
  passed(repo: RepoRef, headSHA: string): ProwJob[];
}

export function indexJobs(jobs: Iterable<ProwJob>): JobIndex {
  const onBase = new Map<string, ProwJob[]>();
  const started = new Map<string, Set<string>>();
  const passed = new Map<string, ProwJob[]>();
  for (const job of jobs) {
    const { refs, type, context = "" } = job.spec;
    if (!refs || (type !== "presubmit" && type !== "batch")) continue;
    const repo = repoName(refs);
    const pulls = refs.pulls ?? [];
    add(onBase, `${repo}:${refs.base_ref ?? ""}@${refs.base_sha ?? ""}`, job);
    if (job.status.state === "success") for (const { sha } of pulls) add(passed, `${repo}@${sha}`, job);
    const [pull] = pulls;
    if (type === "presubmit" && pull && job.metadata.labels?.[CREATED_BY_TIDE_LABEL] === "true") {
      const key = `${repo}#${pull.number}@${pull.sha}`;
      started.set(key, (started.get(key) ?? new Set()).add(context));
    }
  }
  return {
    onBase: (repo, branch, baseSHA) => onBase.get(`${repoName(repo)}:${branch}@${baseSHA}`) ?? [],
    startedByTide: (repo, number, headSHA) =>
      started.get(`${repoName(repo)}#${number}@${headSHA}`) ?? new Set(),
    passed: (repo, headSHA) => passed.get(`${repoName(repo)}@${headSHA}`) ?? [],
  };
}

function add(map: Map<string, ProwJob[]>, key: string, job: ProwJob): void {
  const list = map.get(key);
  if (list) list.push(job);
  else map.set(key, [job]);
}
