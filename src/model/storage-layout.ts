// Where a job's results go in object storage: keys as Prow lays them out, which its tools and users rely on.
import { joinPath, withoutDots } from "../lib/go/path.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { GCSConfiguration } from "./decoration-config.ts";
import type { JobSpec } from "./job-spec.ts";

type LayoutOptions = Pick<GCSConfiguration, "path_prefix" | "path_strategy" | "default_org" | "default_repo">;
type JobIdentity = Pick<JobSpec, "type" | "job" | "buildid" | "refs">;

/** Whoever names a job, a repository or a build, its results stay where such results lie. */
const join = (...parts: (string | undefined)[]): string =>
  joinPath(...parts.map((part) => part && withoutDots(part)));

/** `gs://bucket/prefix` of a bucket as configured: with or without scheme, no slash at the end. */
export const bucketURL = (bucket: string): string => {
  const name = withoutEndSlashes(bucket);
  return name.includes("://") ? name : `gs://${name}`;
};

/** The directory of a repository's pull requests: `org_repo`, or less for the default ones, by `path_strategy`. */
export function repoDirectory(options: LayoutOptions, org: string, repo: string): string {
  const strategy = options.path_strategy ?? "explicit";
  const ofDefaultOrg = org === (options.default_org ?? "");
  if (strategy !== "explicit" && ofDefaultOrg && repo === (options.default_repo ?? "")) return "";
  if (strategy === "legacy" && ofDefaultOrg) return repo;
  return `${org.replace(/^https?:\/\//, "")}_${repo.replaceAll("/", "_")}`;
}

/** `pr-logs/pull/org_repo/7/job/build` and the like, without `path_prefix`. */
export function jobPath(spec: JobIdentity, options: LayoutOptions): string {
  if (spec.type === "batch") return join("pr-logs/pull/batch", spec.job, spec.buildid);
  if (spec.type === "presubmit") return join(pullDirectory(spec, options), spec.job, spec.buildid);
  return join("logs", spec.job, spec.buildid);
}

function pullDirectory(spec: JobIdentity, options: LayoutOptions): string {
  const { org = "", repo = "", pulls = [] } = spec.refs ?? {};
  return join("pr-logs/pull", repoDirectory(options, org, repo), String(pulls[0]?.number ?? ""));
}

/** Key of the directory of a job's artifacts, `path_prefix` included; no slash at the end. */
export const jobDirectory = (spec: JobIdentity, options: LayoutOptions): string =>
  join(options.path_prefix, jobPath(spec, options));

/** Presubmits are also found by job: this key holds the full URL of the job's directory. Not under `path_prefix`. */
export const aliasKey = (spec: JobIdentity): string | undefined =>
  spec.type === "presubmit" ? join("pr-logs/directory", spec.job, `${spec.buildid}.txt`) : undefined;

/** Keys of `latest-build.txt`, which hold the build id. Not under `path_prefix`. */
export function latestBuildKeys(spec: JobIdentity, options: LayoutOptions): string[] {
  const keys = [join(jobRoot(spec), "latest-build.txt")];
  if (spec.type === "presubmit") keys.push(join(pullDirectory(spec, options), spec.job, "latest-build.txt"));
  return keys;
}

/** The directory that lists a job's builds. */
export const jobRoot = (spec: Pick<JobIdentity, "type" | "job">): string =>
  join(spec.type === "presubmit" || spec.type === "batch" ? "pr-logs/directory" : "logs", spec.job);
