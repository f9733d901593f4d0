// Where people see a job: the URL in its status and on the pull request.
import type { Config } from "../config/config.ts";
import { parseTemplate } from "../lib/go-template.ts";
import { goNames } from "../model/go-names.ts";
import { jobSpec } from "../model/job-spec.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { jobDirectory } from "../model/storage-layout.ts";

type Used = {
  plank: Pick<
    Config["plank"],
    "job_url_prefix_config" | "jobURLPrefixDisableAppendStorageProvider" | "job_url_template"
  >;
};

/** A page below `job_url_prefix` for a decorated job, else what `job_url_template` makes of it; "" without either. */
export function jobURL(config: Used, job: ProwJob): string {
  const decoration = job.spec.decoration_config;
  const prefix = decoration && jobURLPrefix(config, job);
  if (prefix) {
    const storage = decoration.gcs_configuration ?? {};
    const directory = jobDirectory(jobSpec(job.spec, job.status.build_id ?? "", job.metadata.name), storage);
    const bucket = storage.bucket ?? "";
    const [scheme, path] = bucket.includes("://") ? bucket.split("://") : ["gs", bucket];
    const provider = config.plank.jobURLPrefixDisableAppendStorageProvider ? [] : [scheme];
    const url = new URL(prefix);
    url.pathname = [url.pathname, ...provider, path, directory].join("/").replace(/\/+/g, "/");
    return url.toString();
  }
  return parseTemplate(config.plank.job_url_template ?? "").execute(goNames(job));
}

/** The job's own, or the configured one for its repository, its org, or all. */
function jobURLPrefix({ plank }: Used, job: ProwJob): string {
  const own = job.spec.decoration_config?.gcs_configuration?.job_url_prefix;
  if (own) return own;
  const refs = job.spec.refs ?? job.spec.extra_refs?.[0];
  const prefixes = plank.job_url_prefix_config;
  return (refs && (prefixes[`${refs.org}/${refs.repo}`] || prefixes[refs.org])) || prefixes["*"] || "";
}
