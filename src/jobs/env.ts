// The environment that every job gets, in Prow's names.
import { repoName } from "../model/github.ts";
import { JOB_SPEC, type JobSpec, jobSpec } from "../model/job-spec.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { clonePath, type Refs, refsString } from "../model/refs.ts";

type Env = Record<string, string>;

export function jobEnv(job: ProwJob, buildID: string): Env {
  const spec = jobSpec(job.spec, buildID, job.metadata.name);
  const env: Env = {
    CI: "true",
    JOB_NAME: spec.job,
    BUILD_ID: buildID,
    PROW_JOB_ID: job.metadata.name,
    JOB_TYPE: spec.type,
    [JOB_SPEC]: JSON.stringify(spec),
  };
  if (job.spec.agent === "kubernetes") env["BUILD_NUMBER"] = buildID;
  if (spec.type !== "periodic" && spec.refs) Object.assign(env, refsEnv(spec, spec.refs));
  return env;
}

function refsEnv({ type }: JobSpec, refs: Refs): Env {
  const { host, base } = source(refs);
  const env: Env = {
    REPO_OWNER: refs.org,
    REPO_NAME: refs.repo,
    SRC_HOST: host,
    SRC_BASE: base,
    PULL_BASE_REF: refs.base_ref ?? "",
    PULL_BASE_SHA: refs.base_sha ?? "",
    PULL_REFS: refsString(refs),
  };
  const pull = refs.pulls?.[0];
  if (type !== "presubmit" || !pull) return env;
  return {
    ...env,
    PULL_NUMBER: String(pull.number),
    PULL_PULL_SHA: pull.sha,
    PULL_HEAD_REF: pull.head_ref ?? "",
    PULL_TITLE: pull.title ?? "",
  };
}

/** Where the sources come from, split at the first slash of the path they are cloned to. */
function source(refs: Refs): { host: string; base: string } {
  const path = clonePath(refs);
  const slash = path.indexOf("/");
  const base = repoName(refs);
  return slash < 0 ? { host: path, base } : { host: path.slice(0, slash), base: path.slice(slash + 1) };
}
