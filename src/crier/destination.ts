// Where a job's results are in object storage.
import type { Config } from "../config/config.ts";
import { jobDefaults } from "../config/decoration-defaults.ts";
import type { GCSConfiguration } from "../model/decoration-config.ts";
import { repoName } from "../model/github.ts";
import { jobSpec } from "../model/job-spec.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";
import { bucketURL, jobDirectory } from "../model/storage-layout.ts";

/** URL of the job's directory; a job that is not decorated is taken to go where its repository's others do. */
export function destination(job: ProwJob, config: Config): string | undefined {
  const gcs: GCSConfiguration | undefined =
    job.spec.decoration_config?.gcs_configuration ?? guessedDecoration(config, job).gcs_configuration;
  if (!gcs?.bucket) return undefined;
  const spec = jobSpec(job.spec, job.status.build_id ?? "", job.metadata.name);
  return `${bucketURL(gcs.bucket)}/${jobDirectory(spec, gcs)}`;
}

function guessedDecoration(config: Config, { spec }: ProwJob) {
  const refs = mainRefs(spec);
  return jobDefaults(config).decoration(refs ? repoName(refs) : "", spec.cluster ?? "");
}
