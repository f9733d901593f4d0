// Where people see a job: the URL in its status and on the pull request.
import type { Config } from "../config/config.ts";
import { errorText } from "../lib/error-text.ts";
import { parseTemplate } from "../lib/go/template.ts";
import { repoName } from "../model/github.ts";
import { goNames } from "../model/go-names.ts";
import { jobSpec } from "../model/job-spec.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";
import { bucketURL, jobDirectory } from "../model/storage-layout.ts";

type Used = {
  plank: Pick<
    Config["plank"],
    "job_url_prefix_config" | "jobURLPrefixDisableAppendStorageProvider" | "job_url_template"
  >;
};

/** "" where there is none, or none can be made: no job shall wait for that. */
export function jobURL(config: Used, job: ProwJob): string {
  try {
    return address(config, job);
  } catch {
    return "";
  }
}

/** Why no URL can be made for a job, e.g. a template that asks a periodic for its refs. */
export function jobURLFault(config: Used, job: ProwJob): string | undefined {
  try {
    address(config, job);
    return undefined;
  } catch (error) {
    return `job_url_template or job_url_prefix: ${errorText(error)}`;
  }
}

/** A page below `job_url_prefix` for a decorated job, else what `job_url_template` makes of it; "" without either. */
function address(config: Used, job: ProwJob): string {
  const decoration = job.spec.decoration_config;
  const prefix = decoration && jobURLPrefix(config, job);
  if (prefix) {
    const storage = decoration.gcs_configuration ?? {};
    const directory = jobDirectory(jobSpec(job.spec, job.status.build_id ?? "", job.metadata.name), storage);
    const [, scheme = "", path = ""] = /^(.*?):\/\/(.*)$/.exec(bucketURL(storage.bucket ?? "")) ?? [];
    const provider = config.plank.jobURLPrefixDisableAppendStorageProvider ? [] : [scheme];
    const below = (root: string) => [root, ...provider, path, directory].join("/").replace(/\/+/g, "/");
    // A job's own prefix may be a path alone.
    if (!URL.canParse(prefix)) return encodeURI(below(prefix));
    const url = new URL(prefix);
    url.pathname = below(url.pathname);
    return url.toString();
  }
  return parseTemplate(config.plank.job_url_template ?? "").execute(goNames(job));
}

/** The job's own, or the configured one for its repository, its org, or all. */
export function jobURLPrefix({ plank }: Used, job: ProwJob): string {
  const own = job.spec.decoration_config?.gcs_configuration?.job_url_prefix;
  if (own) return own;
  const refs = mainRefs(job.spec);
  const prefixes = plank.job_url_prefix_config;
  return (refs && (prefixes[repoName(refs)] || prefixes[refs.org])) || prefixes["*"] || "";
}
