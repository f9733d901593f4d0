// From a configured job and what it tests to the spec of a ProwJob.
import type { JobBase, Periodic, Postsubmit, Presubmit } from "../config/job.ts";
import type { ProwJobSpec, ProwJobType } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";

export function presubmitSpec(job: Presubmit, refs: Refs): ProwJobSpec {
  return {
    ...baseSpec("presubmit", job),
    refs: completeRefs(refs, job),
    ...(!job.skip_report && { report: true }),
    context: job.context,
    rerun_command: job.rerun_command,
    ...(job.jenkins_spec && { jenkins_spec: job.jenkins_spec }),
  };
}

export function postsubmitSpec(job: Postsubmit, refs: Refs): ProwJobSpec {
  return {
    ...baseSpec("postsubmit", job),
    refs: completeRefs(refs, job),
    ...(!job.skip_report && { report: true }),
    context: job.context,
    ...(job.jenkins_spec && { jenkins_spec: job.jenkins_spec }),
  };
}

/** A periodic always reports; it has no context. */
export const periodicSpec = (job: Periodic): ProwJobSpec => ({
  ...baseSpec("periodic", job),
  report: true,
});

/** A batch does not report: tide reads its outcome from the ProwJob. */
export const batchSpec = (job: Presubmit, refs: Refs): ProwJobSpec => ({
  ...baseSpec("batch", job),
  refs: completeRefs(refs, job),
  context: job.context,
});

function baseSpec(type: ProwJobType, job: JobBase): ProwJobSpec {
  const spec: ProwJobSpec = {
    type,
    agent: job.agent,
    cluster: job.cluster,
    namespace: job.namespace,
    job: job.name,
  };
  if (job.extra_refs?.length) spec.extra_refs = job.extra_refs.map((refs) => withClone(refs, job));
  if (job.max_concurrency) spec.max_concurrency = job.max_concurrency;
  if (job.error_on_eviction) spec.error_on_eviction = true;
  if (job.spec) spec.pod_spec = job.spec;
  if (job.pipeline_run_spec) spec.pipeline_run_spec = job.pipeline_run_spec;
  if (job.tekton_pipeline_run_spec) spec.tekton_pipeline_run_spec = job.tekton_pipeline_run_spec;
  if (job.decoration_config) spec.decoration_config = job.decoration_config;
  if (job.reporter_config) spec.reporter_config = job.reporter_config;
  if (job.rerun_auth_config) spec.rerun_auth_config = job.rerun_auth_config;
  if (job.hidden) spec.hidden = true;
  if (job.prowjob_defaults) spec.prowjob_defaults = job.prowjob_defaults;
  if (job.job_queue_name) spec.job_queue_name = job.job_queue_name;
  return spec;
}

/** Every ref takes `blobless_fetch` from the decoration, unless it says itself. */
function withClone(refs: Refs, { decoration_config: decoration }: JobBase): Refs {
  if (decoration?.blobless_fetch === undefined || refs.blobless_fetch !== undefined) return refs;
  return { ...refs, blobless_fetch: decoration.blobless_fetch };
}

/** The repository under test is cloned as the job says. */
function completeRefs(refs: Refs, job: JobBase): Refs {
  const files = job.decoration_config?.sparse_checkout_files;
  return withClone(
    {
      ...refs,
      ...(job.path_alias && { path_alias: job.path_alias }),
      ...(job.clone_uri && { clone_uri: job.clone_uri }),
      ...(job.skip_submodules && { skip_submodules: true }),
      ...(job.clone_depth && job.clone_depth > 0 && { clone_depth: job.clone_depth }),
      ...(job.skip_fetch_head && { skip_fetch_head: true }),
      ...(files?.length && { sparse_checkout_files: files }),
    },
    job,
  );
}
